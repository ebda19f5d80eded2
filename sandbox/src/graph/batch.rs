//! Batch requests (page "Batch requests"): up to fifty calls in one, each answered on its own.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call, Content, Params},
    error::GraphError,
    front,
    graph::subscriptions::Unverified,
    visit::Visit,
};

const MOST: usize = 50;

pub(super) fn answer(visit: &mut Visit<'_>) -> Answer {
    match run(visit) {
        Ok(items) => Answer::json(200, Value::Array(items)),
        Err(error) => error.answer(),
    }
}

fn run(visit: &mut Visit<'_>) -> Result<Vec<Value>, GraphError> {
    let text = visit.call.params.filled("batch").ok_or_else(|| GraphError::missing("0", "post"))?.to_owned();
    let wrong = |message: &str| GraphError::new(400, 100, message).kind("GraphBatchException");
    let items: Vec<Value> =
        serde_json::from_str(&text).map_err(|_| wrong("batch parameter must be a JSON array"))?;
    if items.len() > MOST {
        return Err(wrong("Too many requests in batch message. Maximum batch size is 50"));
    }
    let fallback = visit.call.token().ok_or_else(GraphError::no_token)?.to_owned();
    let with_headers = visit.call.params.get("include_headers") != Some("false");
    let mut named: HashMap<String, Value> = HashMap::new();
    let mut answers = Vec::with_capacity(items.len());
    for item in &items {
        answers.push(one(visit, item, &fallback, with_headers, &mut named)?);
    }
    Ok(answers)
}

fn one(
    visit: &mut Visit<'_>,
    item: &Value,
    fallback: &str,
    with_headers: bool,
    named: &mut HashMap<String, Value>,
) -> Result<Value, GraphError> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let wrong = |message: &str| GraphError::new(400, 100, message).kind("GraphBatchException");
    let relative = text("relative_url").ok_or_else(|| wrong("Each batch item needs a relative_url"))?;
    // What depends on a failed item is not run.
    if text("depends_on").is_some_and(|parent| !named.contains_key(parent)) {
        return Ok(Value::Null);
    }
    let (path, query) = relative.split_once('?').unwrap_or((relative, ""));
    let Ok(path) = substitute(path, named) else { return Ok(Value::Null) };
    let mut params = Params::parse(query.as_bytes());
    if let Some(body) = text("body") {
        params.0.extend(Params::parse(body.as_bytes()).0);
    }
    for (_, value) in &mut params.0 {
        match substitute(value, named) {
            Ok(filled) => *value = filled,
            Err(()) => return Ok(Value::Null),
        }
    }
    if params.filled("access_token").is_none() {
        params.set("access_token", fallback);
        // The proof at the top belongs to the token at the top.
        for name in ["appsecret_proof", "appsecret_time"] {
            if let Some(value) = visit.call.params.get(name) {
                params.set(name, value);
            }
        }
    }
    let mut path = format!("/{}", path.trim_start_matches('/'));
    let versioned = path.split('/').nth(1).is_some_and(crate::versions::looks_like_version);
    if !versioned && let Some(version) = visit.call.segments().first() {
        path = format!("/{version}{path}");
    }
    let call = Call {
        host: visit.call.host,
        method: text("method").unwrap_or("GET").to_uppercase(),
        own_path: path.clone(),
        path,
        params,
        bearer: None,
        basic: None,
        if_none_match: header(item, "if-none-match"),
    };
    let sandbox = visit.sandbox;
    let inner = &mut *visit.inner;
    let answer = match front::batched_fault(sandbox, inner, &call) {
        Some(Ok(answer)) => answer,
        Some(Err(())) => {
            front::record(sandbox, inner, &call, None, None, true);
            return Ok(Value::Null);
        }
        // A batch inside a batch has no meaning.
        None if call.method == "POST" && call.segments().len() < 2 => {
            wrong("Batch items cannot be batches").answer()
        }
        None => front::answer(sandbox, inner, &call),
    };
    // No address can be asked while the other items wait.
    let answer = match inner.unverified.take() {
        Some(_) => Unverified::refusal("a batch waits for no address").answer(),
        None => answer,
    };
    front::record(sandbox, inner, &call, Some(&answer), None, true);
    let body = match &answer.body {
        Content::Json(body) => body.to_string(),
        Content::Html(body) => body.clone(),
        Content::Empty => String::new(),
    };
    let succeeded = (200..300).contains(&answer.status);
    if let (Some(name), true, Content::Json(body)) = (text("name"), succeeded, &answer.body) {
        named.insert(name.to_owned(), body.clone());
        let omitted = item.get("omit_response_on_success").and_then(Value::as_bool).unwrap_or(true);
        if omitted {
            return Ok(Value::Null);
        }
    }
    let mut result = json!({"code": answer.status, "body": body});
    if with_headers {
        let mut headers = vec![json!({"name": "Content-Type", "value": "text/javascript; charset=UTF-8"})];
        headers.extend(answer.headers.iter().map(|(name, value)| json!({"name": name, "value": value})));
        result["headers"] = Value::Array(headers);
    }
    Ok(result)
}

/// A header of an item: `["Name: value"]` as the page has it, `[{"name", "value"}]` as Meta's SDK for
/// Python sends it.
fn header(item: &Value, wanted: &str) -> Option<String> {
    item.get("headers")?.as_array()?.iter().find_map(|header| {
        let (name, value) = match header {
            Value::String(line) => line.split_once(':')?,
            pair => (pair.get("name")?.as_str()?, pair.get("value")?.as_str()?),
        };
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
    })
}

/// Replaces `{result=name:$.path}` by what an earlier item answered.
fn substitute(text: &str, named: &HashMap<String, Value>) -> Result<String, ()> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{result=") {
        let end = start + rest[start..].find('}').ok_or(())?;
        let (name, path) = rest[start + 8..end].split_once(':').ok_or(())?;
        let mut found = Vec::new();
        // `$.data[0].id` says the same as `$.data.0.id`.
        let path = path.replace('[', ".").replace(']', "");
        walk(named.get(name).ok_or(())?, path.trim_start_matches('$').trim_start_matches('.'), &mut found);
        out.push_str(&rest[..start]);
        out.push_str(&found.join(","));
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
    if path.is_empty() {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Null => {}
            other => found.push(other.to_string()),
        }
        return;
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    match (step, value) {
        ("*", Value::Array(items)) => items.iter().for_each(|item| walk(item, rest, found)),
        ("*", Value::Object(items)) => items.values().for_each(|item| walk(item, rest, found)),
        (_, Value::Array(items)) => {
            if let Some(item) = step.parse::<usize>().ok().and_then(|index| items.get(index)) {
                walk(item, rest, found);
            }
        }
        _ => {
            if let Some(item) = value.get(step) {
                walk(item, rest, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_earlier_items_are_filled_in() {
        let named = HashMap::from([("m".to_owned(), json!({"data": [{"id": "1"}, {"id": "2"}]}))]);
        assert_eq!(
            substitute("v25.0/?ids={result=m:$.data.*.id}&fields=id", &named).unwrap(),
            "v25.0/?ids=1,2&fields=id"
        );
        assert_eq!(substitute("{result=m:$.data[1].id}", &named).unwrap(), "2");
        assert!(substitute("{result=x:$.data}", &named).is_err());
    }
}
