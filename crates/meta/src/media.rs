//! Posts, reels, albums and stories of an account
//! (`/docs/instagram-platform/instagram-graph-api/reference/ig-user/media`,
//! `/docs/instagram-platform/instagram-graph-api/reference/ig-media`), and their numbers
//! (`/docs/instagram-platform/reference/instagram-media/insights`).

use chrono::{DateTime, Utc};
use platform::Secret;
use serde_json::Value;

use crate::batch::BatchItem;
use crate::body;
use crate::call::{Call, Field, Host, Purpose, known_id};
use crate::client::Client;
use crate::error::Error;
use crate::insights::{self, MetricAnswer};
use crate::lists::Limit;
use crate::provider::Provider;

/// Fields that both logins know.
const MEDIA_FIELDS: &str = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,\
     shortcode,timestamp,username,like_count,comments_count,is_comment_enabled,is_shared_to_feed,alt_text,\
     children{id,media_type,media_url}";

/// The most that Meta lists of one account.
pub const MOST_LISTED: usize = 10_000;

/// A list of media; twice the steps that it takes, as steps may be short.
const LIST: Limit = Limit { entries: MOST_LISTED, steps: 200 };

/// What a media is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// One picture.
    Image,
    /// One film; a reel is one too.
    Video,
    /// Several pictures or films.
    CarouselAlbum,
    /// Something that is not documented, in Meta's word.
    Other(String),
}

/// Where a media is shown. Not the same words as the breakdown `media_product_type` of account
/// insights, which says `POST` and `REEL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaProductType {
    /// An advertisement.
    Ad,
    /// The feed.
    Feed,
    /// A story.
    Story,
    /// A reel.
    Reels,
    /// Something that is not documented, in Meta's word.
    Other(String),
}

/// A media. Meta leaves out what does not apply, and hidden counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Its id.
    pub id: String,
    /// What it is made of.
    pub media_type: Option<MediaType>,
    /// Where it is shown.
    pub product_type: Option<MediaProductType>,
    /// The text below it.
    pub caption: Option<String>,
    /// Its page on Instagram.
    pub permalink: Option<String>,
    /// The short code in that address.
    pub shortcode: Option<String>,
    /// When it was published.
    pub timestamp: Option<DateTime<Utc>>,
    /// The handle of whoever published it.
    pub username: Option<String>,
    /// The file, at an address that expires; absent when Meta flags its rights.
    pub media_url: Option<String>,
    /// A still of a film, at an address that expires.
    pub thumbnail_url: Option<String>,
    /// Likes; absent when the owner hides them.
    pub like_count: Option<i64>,
    /// Comments.
    pub comments_count: Option<i64>,
    /// Whether it can be commented.
    pub is_comment_enabled: Option<bool>,
    /// For a reel: whether it is in the feed as well.
    pub is_shared_to_feed: Option<bool>,
    /// The text for people who do not see it.
    pub alt_text: Option<String>,
    /// The parts of an album.
    pub children: Vec<MediaChild>,
}

/// One part of an album. It has no insights of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaChild {
    /// Its id.
    pub id: String,
    /// What it is made of.
    pub media_type: Option<MediaType>,
    /// The file, at an address that expires.
    pub media_url: Option<String>,
}

/// Which media to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaQuery {
    /// Published at or after this.
    pub since: Option<DateTime<Utc>>,
    /// Published before this.
    pub until: Option<DateTime<Utc>>,
    /// How many, newest first; Meta lists [`MOST_LISTED`].
    pub most: usize,
}

/// A question about the numbers of one media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaInsightsQuery {
    /// The media.
    pub media_id: String,
    /// Names of metrics.
    pub metrics: Vec<&'static str>,
    /// A dimension to split by, which all the metrics know.
    pub breakdown: Option<&'static str>,
}

impl MediaInsightsQuery {
    fn parameters<'a>(&self) -> Vec<Field<'a>> {
        let breakdown = self.breakdown.map(|breakdown| ("breakdown", breakdown.into()));
        std::iter::once(("metric", self.metrics.join(",").into())).chain(breakdown).collect()
    }
}

impl Client {
    /// Media of the account, newest first, without stories.
    ///
    /// # Errors
    /// As classified.
    pub async fn media(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
        query: MediaQuery,
    ) -> Result<Vec<Media>, Error> {
        let path = [known_id(provider.data_host(), instagram_id)?, "media"];
        let call = || {
            let mut call = list(provider, &path);
            if let Some(since) = query.since {
                call = call.query("since", since.timestamp().to_string());
            }
            if let Some(until) = query.until {
                call = call.query("until", until.timestamp().to_string());
            }
            call
        };
        let limit = Limit { entries: query.most.min(MOST_LISTED), ..LIST };
        self.walk(token, limit, call, media).await
    }

    /// Stories of the account that are up now: those of the last 24 hours.
    ///
    /// # Errors
    /// As classified.
    pub async fn stories(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
    ) -> Result<Vec<Media>, Error> {
        let path = [known_id(provider.data_host(), instagram_id)?, "stories"];
        self.walk(token, LIST, || list(provider, &path), media).await
    }

    /// One media of the account `instagram_id`.
    ///
    /// # Errors
    /// `Gone` when it was deleted or may not be seen; otherwise as classified.
    pub async fn media_item(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
        media_id: &str,
    ) -> Result<Media, Error> {
        let host = provider.data_host();
        let call = Call::get(host, Purpose::Media, &[known_id(provider.data_host(), media_id)?])
            .about(instagram_id)
            .query("fields", MEDIA_FIELDS);
        let answer = self.send(self.sign(call, token)?).await?;
        media(&answer.body).ok_or_else(|| Error::malformed(host, "the answer has no id"))
    }

    /// The numbers of one media over its whole life, up to now.
    ///
    /// # Errors
    /// `UnsupportedMetric` when one of the metrics does not exist for this kind of media,
    /// `NotEnoughViewers` for a story that hardly anybody has seen, `WithoutInsights` when it dates
    /// from before the account became professional, `Gone` when it was deleted; otherwise as classified.
    pub async fn media_insights(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
        query: &MediaInsightsQuery,
    ) -> Result<Vec<MetricAnswer>, Error> {
        let host = provider.data_host();
        let path = [known_id(host, &query.media_id)?, "insights"];
        let mut call = Call::get(host, Purpose::MediaInsights, &path).about(instagram_id);
        call.query = query.parameters();
        let answer = self.send(self.sign(call, token)?).await?;
        insights::metric_answers(host, &answer.body)
    }

    /// Asks about several media of one account with one request, each for itself: what one of them is
    /// refused does not concern the others. Each counts as a call; what is saved is time. The results
    /// stand in the order of `queries`.
    ///
    /// Facebook Login only: Instagram's host documents no batches (`/docs/graph-api/batch-requests`).
    ///
    /// # Errors
    /// When the request as a whole failed. A question that Meta left unanswered is `Transient`.
    pub async fn media_insights_batch(
        &self,
        token: &Secret,
        instagram_id: &str,
        queries: &[MediaInsightsQuery],
    ) -> Result<Vec<Result<Vec<MetricAnswer>, Error>>, Error> {
        let host = Host::FacebookGraph;
        let mut items = Vec::with_capacity(queries.len());
        for query in queries {
            items.push(BatchItem {
                purpose: Purpose::MediaInsights,
                path: vec![known_id(host, &query.media_id)?, "insights"],
                query: query.parameters(),
            });
        }
        let answers = self.batch(token, instagram_id, items).await?;
        Ok(answers.into_iter().map(|answer| insights::metric_answers(host, &answer?)).collect())
    }
}

/// A list of media; `path` begins with the account.
fn list<'a>(provider: Provider, path: &[&'a str]) -> Call<'a> {
    let call = Call::get(provider.data_host(), Purpose::Media, path).query("fields", MEDIA_FIELDS);
    path.first().into_iter().fold(call, |call, account| call.about(account))
}

pub(crate) fn media(entry: &Value) -> Option<Media> {
    let count = |key| body::integer(entry, key).filter(|count| *count >= 0);
    let children = entry.get("children").unwrap_or(&Value::Null);
    Some(Media {
        id: body::id(entry, "id")?,
        media_type: body::text(entry, "media_type").map(media_type),
        product_type: body::text(entry, "media_product_type").map(product_type),
        caption: body::text(entry, "caption"),
        permalink: body::web_address(entry, "permalink"),
        shortcode: body::text(entry, "shortcode"),
        timestamp: body::time(entry, "timestamp"),
        username: body::name(entry, "username"),
        media_url: body::web_address(entry, "media_url"),
        thumbnail_url: body::web_address(entry, "thumbnail_url"),
        like_count: count("like_count"),
        comments_count: count("comments_count"),
        is_comment_enabled: body::truth(entry, "is_comment_enabled"),
        is_shared_to_feed: body::truth(entry, "is_shared_to_feed"),
        alt_text: body::text(entry, "alt_text"),
        children: body::elements(children, "data").iter().filter_map(child).collect(),
    })
}

fn child(entry: &Value) -> Option<MediaChild> {
    Some(MediaChild {
        id: body::id(entry, "id")?,
        media_type: body::text(entry, "media_type").map(media_type),
        media_url: body::web_address(entry, "media_url"),
    })
}

fn media_type(text: String) -> MediaType {
    match text.as_str() {
        "IMAGE" => MediaType::Image,
        "VIDEO" => MediaType::Video,
        "CAROUSEL_ALBUM" => MediaType::CarouselAlbum,
        _ => MediaType::Other(text),
    }
}

fn product_type(text: String) -> MediaProductType {
    match text.as_str() {
        "AD" => MediaProductType::Ad,
        "FEED" => MediaProductType::Feed,
        "STORY" => MediaProductType::Story,
        "REELS" => MediaProductType::Reels,
        _ => MediaProductType::Other(text),
    }
}

#[cfg(test)]
mod tests;
