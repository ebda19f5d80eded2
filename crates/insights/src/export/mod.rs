//! Numbers for other programs: CSV (RFC 4180) and JSON Lines (<https://jsonlines.org>), the same columns in
//! both.
//!
//! One row is one value, or the reason why there is none: a day without a value has a row of its own, with
//! the state `gap` where nothing was collected, so that nobody takes what is missing for zero. Each row says
//! in which time zone its day is counted and when it ended.
//!
//! An export is cut into pieces of one account and about a month, each read when the one before has been
//! sent, so that it takes little memory however long it is.

mod rows;

use chrono::{Days, NaiveDate};
use entity::account;
use sea_orm::prelude::*;
use serde::Serialize;

use crate::Insights;

/// So many days are read at once.
const DAYS_OF_A_PIECE: u64 = 31;

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Commas, one line of column names.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Daily numbers of accounts.
    Insights,
    /// Who the audience is.
    Audience,
    /// Posts, reels and stories with their newest numbers.
    Media,
}

/// A part of an export that is read in one go.
#[derive(Clone, Debug)]
pub struct Piece {
    account: account::Model,
    from: NaiveDate,
    to: NaiveDate,
    is_first: bool,
}

/// Why a piece cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A row could not be written as text.
    #[error("a row cannot be written: {0}")]
    Row(String),
}

/// The pieces of an export of `accounts` from `from` to `to`, both included: account by account, the oldest
/// days first.
#[must_use]
pub fn pieces(accounts: Vec<account::Model>, from: NaiveDate, to: NaiveDate) -> Vec<Piece> {
    let spans = spans(from, to);
    let each =
        accounts.into_iter().flat_map(|account| spans.iter().map(move |span| (account.clone(), *span)));
    each.enumerate()
        .map(|(place, (account, (from, to)))| Piece { account, from, to, is_first: place == 0 })
        .collect()
}

/// The days from `from` to `to`, cut into spans that are read at once.
fn spans(from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans = Vec::new();
    let mut begins = from;
    while begins <= to {
        let next = begins.checked_add_days(Days::new(DAYS_OF_A_PIECE)).unwrap_or(NaiveDate::MAX);
        spans.push((begins, next.pred_opt().unwrap_or(to).min(to)));
        begins = next;
    }
    spans
}

impl Insights {
    /// The text of one piece; the first begins with the names of the columns, where the format has any.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub async fn export(
        &self,
        subject: Subject,
        format: Format,
        piece: &Piece,
    ) -> Result<Vec<u8>, ExportError> {
        let mut text = Writer::new(format, piece.is_first);
        match subject {
            Subject::Insights => self.export_insights(piece, &mut text).await?,
            Subject::Audience => self.export_audience(piece, &mut text).await?,
            Subject::Media => self.export_media(piece, &mut text).await?,
        }
        text.finish()
    }
}

/// Writes rows in either format.
struct Writer {
    format: Format,
    csv: csv::Writer<Vec<u8>>,
    lines: Vec<u8>,
    wants_header: bool,
}

impl Writer {
    fn new(format: Format, is_first: bool) -> Self {
        let csv = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        Self { format, csv, lines: Vec::new(), wants_header: is_first }
    }

    /// The names of the columns; they come even when there is no row.
    fn header(&mut self, columns: &[&str]) -> Result<(), ExportError> {
        if self.format == Format::Csv && std::mem::take(&mut self.wants_header) {
            self.csv.write_record(columns).map_err(unwritable)?;
        }
        Ok(())
    }

    fn row(&mut self, row: &impl Serialize) -> Result<(), ExportError> {
        match self.format {
            Format::Csv => self.csv.serialize(row).map_err(unwritable),
            Format::JsonLines => {
                serde_json::to_writer(&mut self.lines, row).map_err(unwritable)?;
                self.lines.push(b'\n');
                Ok(())
            }
        }
    }

    /// Text that people chose, for a cell. Spreadsheets take what begins with some characters for a formula
    /// and carry it out (<https://owasp.org/www-community/attacks/CSV_Injection>); with an apostrophe in
    /// front it stays text.
    fn text(&self, text: &str) -> String {
        let is_formula = text.starts_with([
            '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
        ]);
        if self.format == Format::Csv && is_formula { format!("'{text}") } else { text.to_owned() }
    }

    fn finish(self) -> Result<Vec<u8>, ExportError> {
        match self.format {
            Format::Csv => self.csv.into_inner().map_err(unwritable),
            Format::JsonLines => Ok(self.lines),
        }
    }
}

fn unwritable(error: impl std::fmt::Display) -> ExportError {
    ExportError::Row(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn spans_cover_every_day_once() {
        for (from, to) in
            [("2026-01-01", "2026-01-01"), ("2026-01-01", "2026-01-31"), ("2025-11-30", "2027-01-04")]
        {
            let days: Vec<_> = spans(date(from), date(to))
                .into_iter()
                .flat_map(|(from, to)| from.iter_days().take_while(move |day| *day <= to))
                .collect();
            let expected: Vec<_> = date(from).iter_days().take_while(|day| *day <= date(to)).collect();
            assert_eq!(days, expected);
        }
        assert!(spans(date("2026-01-02"), date("2026-01-01")).is_empty());
    }

    #[test]
    fn a_cell_is_never_a_formula_and_numbers_stay_numbers() {
        #[derive(Serialize)]
        struct Row {
            text: String,
            number: Option<i64>,
        }
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{ff1d}1"] {
            let mut writer = Writer::new(Format::Csv, true);
            writer.header(&["text", "number"]).unwrap();
            let text = writer.text(bad);
            writer.row(&Row { text, number: Some(-3) }).unwrap();
            let written = String::from_utf8(writer.finish().unwrap()).unwrap();
            let mut read = csv::Reader::from_reader(written.as_bytes());
            let cells = read.records().next().unwrap().unwrap();
            assert_eq!((&cells[0], &cells[1]), (format!("'{bad}").as_str(), "-3"));

            let mut writer = Writer::new(Format::JsonLines, true);
            let text = writer.text(bad);
            writer.row(&Row { text, number: None }).unwrap();
            let line: serde_json::Value = serde_json::from_slice(&writer.finish().unwrap()).unwrap();
            assert_eq!(line, serde_json::json!({ "text": bad, "number": null }));
        }
    }

    #[test]
    fn text_with_commas_quotes_and_lines_stays_one_cell() {
        let mut writer = Writer::new(Format::Csv, false);
        let text = writer.text("a, \"b\"\nc");
        writer.row(&[text.as_str(), "d"]).unwrap();
        assert_eq!(writer.finish().unwrap(), b"\"a, \"\"b\"\"\nc\",d\n");
    }
}
