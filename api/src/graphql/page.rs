//! Relay connections: `first`, `after`, edges with cursors that are stable keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::fault::Fault;

/// Items of a page when the request does not say how many.
const DEFAULT: i32 = 50;
/// The most items of a page.
const MOST: i32 = 100;
/// What a field weighs that asks the database anew wherever it stands, besides its own fields: a page
/// however few its items are, and what is read for each account.
pub(crate) const QUERY: usize = 10;
/// More than any operation may weigh; keeps what is nested deeply within a number.
const HEAVIEST: usize = 1_000_000;

/// Which page is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    first: u64,
    pub(crate) after: Option<String>,
}

impl Page {
    /// The page after a cursor of `key`s.
    pub(crate) fn new(first: Option<i32>, after: Option<String>) -> Result<Self, Fault> {
        let first = first.unwrap_or(DEFAULT);
        if !(0..=MOST).contains(&first) {
            return Err(Fault::BadInput("`first` must be from 0 to 100."));
        }
        let after = after.map(|cursor| decode(&cursor)).transpose()?;
        Ok(Self { first: u64::try_from(first).unwrap_or_default(), after })
    }

    /// How many rows to read: one more than asked for, to know whether there are more.
    pub(crate) fn rows(&self) -> u64 {
        self.first + 1
    }

    /// The id that the cursor stands for, where rows are ordered by their ids.
    pub(crate) fn after_id(&self) -> Result<Option<Uuid>, Fault> {
        let parse = |text: &String| Uuid::parse_str(text).map_err(|_| NO_CURSOR);
        self.after.as_ref().map(parse).transpose()
    }

    /// Cuts the rows to the page; says whether there are more.
    pub(crate) fn cut<T>(&self, mut rows: Vec<T>) -> (Vec<T>, bool) {
        let first = usize::try_from(self.first).unwrap_or(usize::MAX);
        let more = rows.len() > first;
        rows.truncate(first);
        (rows, more)
    }
}

/// What a page weighs in the complexity of an operation. Its items count by half of what one of them
/// weighs: they are read with the page, so that a field of them is hardly more than its bytes, and a
/// hundred accounts with all that a list shows pass. A page for each item of a page costs queries for
/// each, and multiplies.
pub(crate) fn weight(first: Option<i32>, item: usize) -> usize {
    let items = usize::try_from(first.unwrap_or(DEFAULT).clamp(0, MOST)).unwrap_or_default();
    (QUERY + item.saturating_mul(items).div_ceil(2)).min(HEAVIEST)
}

pub(crate) const NO_CURSOR: Fault = Fault::BadInput("`after` is not a cursor of this list.");

/// The cursor for a key.
pub(crate) fn encode(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn decode(cursor: &str) -> Result<String, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| NO_CURSOR)?;
    String::from_utf8(bytes).map_err(|_| NO_CURSOR)
}

/// Where a page begins and ends.
#[derive(Clone, Debug, async_graphql::SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether there are more items after this page.
    has_next_page: bool,
    /// Whether there are items before this page.
    has_previous_page: bool,
    /// The cursor of the first item.
    start_cursor: Option<String>,
    /// The cursor of the last item.
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(crate) fn new(page: &Page, more: bool, cursors: (Option<String>, Option<String>)) -> Self {
        Self {
            has_next_page: more,
            has_previous_page: page.after.is_some(),
            start_cursor: cursors.0,
            end_cursor: cursors.1,
        }
    }
}

/// Declares the connection and edge types of a node type.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $what:literal) => {
        #[doc = concat!("One of the ", $what, ", and where it stands in the list.")]
        #[derive(Clone, async_graphql::SimpleObject)]
        pub(crate) struct $edge {
            /// Give it as `after` to go on behind this item.
            cursor: String,
            /// The item.
            node: $node,
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[derive(Clone, async_graphql::SimpleObject)]
        pub(crate) struct $connection {
            /// The items with their cursors.
            edges: Vec<$edge>,
            /// The items alone.
            nodes: Vec<$node>,
            /// Where the page begins and ends.
            page_info: $crate::graphql::page::PageInfo,
            /// How many there are on all pages together.
            total_count: i32,
        }

        impl $connection {
            pub(crate) fn new(
                page: &$crate::graphql::page::Page,
                items: Vec<(String, $node)>,
                more: bool,
                total: u64,
            ) -> Self {
                let edges: Vec<_> = items
                    .into_iter()
                    .map(|(key, node)| $edge { cursor: $crate::graphql::page::encode(&key), node })
                    .collect();
                let cursors = (
                    edges.first().map(|edge| edge.cursor.clone()),
                    edges.last().map(|edge| edge.cursor.clone()),
                );
                Self {
                    nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
                    edges,
                    page_info: $crate::graphql::page::PageInfo::new(page, more, cursors),
                    total_count: i32::try_from(total).unwrap_or(i32::MAX),
                }
            }
        }
    };
}
pub(crate) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_at_most_a_hundred_items() {
        assert!(Page::new(Some(101), None).is_err());
        assert!(Page::new(Some(-1), None).is_err());
        assert_eq!(Page::new(None, None).unwrap().rows(), 51);
        let (items, more) = Page::new(Some(2), None).unwrap().cut(vec![1, 2, 3]);
        assert_eq!((items, more), (vec![1, 2], true));
    }

    #[test]
    fn a_page_weighs_half_of_its_items() {
        assert_eq!(weight(Some(25), 7), 10 + 88);
        assert_eq!(weight(None, 2), 10 + 50);
        assert_eq!(weight(Some(i32::MAX), 2), weight(Some(100), 2), "refused by the page itself");
        assert_eq!(weight(Some(100), usize::MAX), HEAVIEST);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let page = Page::new(None, Some(encode("not an id"))).unwrap();
        assert!(page.after_id().is_err());
        assert!(Page::new(None, Some("ä".to_owned())).is_err());
    }
}
