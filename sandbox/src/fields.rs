//! The `fields` parameter: names, nested selections and edge arguments
//! (Graph API guide "Field expansion"), for example `id,media.limit(5){id,insights.metric(reach)}`.

use crate::{call::Params, error::GraphError};

/// One requested field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The name in the answer, from `.as(…)`.
    alias: Option<String>,
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) children: Vec<Field>,
}

impl Field {
    /// A field without anything nested.
    pub(crate) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), alias: None, arguments: Vec::new(), children: Vec::new() }
    }

    /// Under which name the answer holds it.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// The edge arguments as if they had been query parameters.
    pub(crate) fn params(&self) -> Params {
        Params(self.arguments.clone())
    }
}

/// Plain fields by name.
pub(crate) fn plain(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::plain(name)).collect()
}

/// A selection as text, for links that repeat it.
pub(crate) fn write(fields: &[Field]) -> String {
    let one = |field: &Field| {
        let mut text = field.name.clone();
        text.extend(field.arguments.iter().map(|(name, value)| format!(".{name}({value})")));
        text.extend(field.alias.iter().map(|alias| format!(".as({alias})")));
        if !field.children.is_empty() {
            text.push_str(&format!("{{{}}}", write(&field.children)));
        }
        text
    };
    fields.iter().map(one).collect::<Vec<_>>().join(",")
}

/// Parses a selection; an empty text is an empty selection. A JSON array of names is one too: that
/// is what becomes of a list in a JSON body.
pub(crate) fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    if let Ok(names) = serde_json::from_str::<Vec<String>>(text) {
        return parse(&names.join(","));
    }
    let mut parser = Parser { text: text.as_bytes(), at: 0, depth: 0 };
    let fields = parser.list()?;
    if parser.at < parser.text.len() {
        return Err(parser.error("Expected end of string"));
    }
    Ok(fields)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: u32,
}

impl Parser<'_> {
    fn list(&mut self) -> Result<Vec<Field>, GraphError> {
        let mut fields = Vec::new();
        loop {
            self.blank();
            if self.text.get(self.at).is_none_or(|byte| matches!(byte, b'}' | b')')) {
                return Ok(fields);
            }
            fields.push(self.field()?);
            self.blank();
            if !self.take(b',') {
                return Ok(fields);
            }
        }
    }

    fn field(&mut self) -> Result<Field, GraphError> {
        let mut field = Field::plain(&self.name()?);
        while self.take(b'.') {
            let argument = self.name()?;
            if !self.take(b'(') {
                return Err(self.error("Expected \"(\""));
            }
            match argument.as_str() {
                // An older way of writing what stands in braces.
                "fields" => {
                    field.children = self.nested()?;
                    if !self.take(b')') {
                        return Err(self.error("Expected \")\""));
                    }
                }
                "as" => field.alias = Some(self.value()?),
                _ => {
                    let value = self.value()?;
                    field.arguments.push((argument, value));
                }
            }
        }
        self.blank();
        if self.take(b'{') {
            field.children = self.nested()?;
            if !self.take(b'}') {
                return Err(self.error("Expected \"}\""));
            }
        }
        Ok(field)
    }

    /// A list within a field.
    fn nested(&mut self) -> Result<Vec<Field>, GraphError> {
        self.depth += 1;
        if self.depth > 8 {
            return Err(self.error("Expansion too deep"));
        }
        let fields = self.list()?;
        self.depth -= 1;
        Ok(fields)
    }

    fn name(&mut self) -> Result<String, GraphError> {
        self.blank();
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.error("Expected name"));
        }
        Ok(String::from_utf8_lossy(&self.text[start..self.at]).into_owned())
    }

    fn value(&mut self) -> Result<String, GraphError> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| *byte != b')') {
            self.at += 1;
        }
        let value = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        if !self.take(b')') {
            return Err(self.error("Expected \")\""));
        }
        Ok(value)
    }

    fn blank(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.text.get(self.at) == Some(&byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn error(&self, what: &str) -> GraphError {
        GraphError::new(
            400,
            2500,
            format!(
                "Syntax error \"{what}.\" at character {}: {}",
                self.at,
                String::from_utf8_lossy(self.text)
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_selections_with_arguments() {
        let fields = parse("id, media.limit(5){id,insights.metric(reach,views)} ,name").unwrap();
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[1].params().get("limit"), Some("5"));
        assert_eq!(fields[1].children[1].name, "insights");
        assert_eq!(fields[1].children[1].params().get("metric"), Some("reach,views"));
        assert_eq!(fields[2].name, "name");
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn a_selection_is_written_as_it_was_read() {
        let text = "id,media.limit(5).as(posts){id,insights.metric(reach,views)}";
        let fields = parse(text).unwrap();
        assert_eq!((fields[1].name.as_str(), fields[1].key()), ("media", "posts"));
        assert_eq!(write(&fields), text);
        assert_eq!(
            parse("media.limit(5).fields(id,owner{id})").unwrap(),
            parse("media.limit(5){id,owner{id}}").unwrap()
        );
        assert_eq!(parse(r#"["id","media.limit(5)"]"#).unwrap(), parse("id,media.limit(5)").unwrap());
    }

    #[test]
    fn broken_selections_are_2500() {
        for text in [
            "id,{",
            "media{id",
            "media.fields(id",
            "media.fields(id}",
            "id)",
            "media.limit5",
            "media.limit(5",
            "a}b",
            "{",
            "a{a{a{a{a{a{a{a{a{a}}}}}}}}}",
        ] {
            assert_eq!(parse(text).unwrap_err().code, 2500, "{text}");
        }
    }
}
