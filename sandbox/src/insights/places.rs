//! Countries and cities where audiences live.

/// Where an account's audience can be at home.
pub(crate) const HOMES: [&str; 6] = ["GB", "DE", "SE", "US", "BR", "NL"];

const COUNTRIES: &[&str] = &[
    "GB", "DE", "SE", "US", "BR", "NL", "FR", "ES", "IT", "PT", "NO", "DK", "FI", "IE", "BE", "AT", "CH",
    "PL", "CZ", "SK", "HU", "RO", "BG", "GR", "HR", "SI", "EE", "LV", "LT", "IS", "CA", "MX", "AR", "CL",
    "CO", "PE", "AU", "NZ", "JP", "KR", "IN", "ID", "TH", "VN", "PH", "MY", "SG", "TR", "ZA", "NG", "KE",
    "EG", "MA", "AE", "IL", "UA",
];

/// `(city, country)`; the writing is Meta's, city and region.
const CITIES: &[(&str, &str)] = &[
    ("London, England", "GB"),
    ("Leeds, England", "GB"),
    ("Manchester, England", "GB"),
    ("Bristol, England", "GB"),
    ("Edinburgh, Scotland", "GB"),
    ("Cardiff, Wales", "GB"),
    ("Brighton, England", "GB"),
    ("York, England", "GB"),
    ("Berlin, Berlin", "DE"),
    ("Hamburg, Hamburg", "DE"),
    ("Munich, Bavaria", "DE"),
    ("Cologne, North Rhine-Westphalia", "DE"),
    ("Leipzig, Saxony", "DE"),
    ("Stuttgart, Baden-Württemberg", "DE"),
    ("Stockholm, Stockholm County", "SE"),
    ("Gothenburg, Västra Götaland County", "SE"),
    ("Malmö, Skåne County", "SE"),
    ("Uppsala, Uppsala County", "SE"),
    ("Umeå, Västerbotten County", "SE"),
    ("New York, New York", "US"),
    ("Los Angeles, California", "US"),
    ("Chicago, Illinois", "US"),
    ("Portland, Oregon", "US"),
    ("Austin, Texas", "US"),
    ("Seattle, Washington", "US"),
    ("Boston, Massachusetts", "US"),
    ("São Paulo, São Paulo (state)", "BR"),
    ("Rio de Janeiro, Rio de Janeiro (state)", "BR"),
    ("Curitiba, Paraná (state)", "BR"),
    ("Recife, Pernambuco", "BR"),
    ("Porto Alegre, Rio Grande do Sul", "BR"),
    ("Amsterdam, Noord-Holland", "NL"),
    ("Rotterdam, Zuid-Holland", "NL"),
    ("Utrecht, Utrecht (province)", "NL"),
    ("Groningen, Groningen (province)", "NL"),
    ("Eindhoven, Noord-Brabant", "NL"),
    ("Paris, Île-de-France", "FR"),
    ("Lyon, Rhône-Alpes", "FR"),
    ("Madrid, Comunidad de Madrid", "ES"),
    ("Barcelona, Cataluña", "ES"),
    ("Milan, Lombardia", "IT"),
    ("Rome, Lazio", "IT"),
    ("Lisbon, Lisbon District", "PT"),
    ("Porto, Porto District", "PT"),
    ("Oslo, Oslo", "NO"),
    ("Bergen, Vestland", "NO"),
    ("Copenhagen, Capital Region of Denmark", "DK"),
    ("Helsinki, Uusimaa", "FI"),
    ("Dublin, County Dublin", "IE"),
    ("Brussels, Brussels", "BE"),
    ("Vienna, Vienna", "AT"),
    ("Zürich, Canton of Zürich", "CH"),
    ("Warsaw, Masovian Voivodeship", "PL"),
    ("Prague, Prague", "CZ"),
    ("Toronto, Ontario", "CA"),
    ("Mexico City, Distrito Federal", "MX"),
    ("Buenos Aires, Ciudad Autónoma de Buenos Aires", "AR"),
    ("Sydney, New South Wales", "AU"),
    ("Tokyo, Tokyo", "JP"),
    ("Istanbul, Istanbul Province", "TR"),
];

/// Countries with their weight for an audience at home in one of them.
pub(super) fn countries(home: &str) -> Vec<(String, f64)> {
    COUNTRIES
        .iter()
        .enumerate()
        .map(|(rank, country)| {
            let weight = if *country == home { 12.0 } else { 1.0 / (rank as f64 + 2.0) };
            ((*country).to_owned(), weight)
        })
        .collect()
}

/// The language that most people of a country have set, as locales write it.
pub(super) fn language(country: &str) -> &'static str {
    match country {
        "DE" | "AT" | "CH" => "de",
        "SE" => "sv",
        "BR" | "PT" => "pt",
        "NL" | "BE" => "nl",
        "FR" | "MA" => "fr",
        "ES" | "MX" | "AR" | "CL" | "CO" | "PE" => "es",
        "IT" => "it",
        "NO" => "nb",
        "DK" => "da",
        "FI" => "fi",
        "PL" => "pl",
        "CZ" => "cs",
        "JP" => "ja",
        "KR" => "ko",
        "TR" => "tr",
        "UA" => "uk",
        _ => "en",
    }
}

/// Cities likewise.
pub(super) fn cities(home: &str) -> Vec<(String, f64)> {
    CITIES
        .iter()
        .enumerate()
        .map(|(rank, (city, country))| {
            let weight = if *country == home { 4.0 } else { 0.3 };
            ((*city).to_owned(), weight / ((rank % 7) as f64 + 1.0))
        })
        .collect()
}
