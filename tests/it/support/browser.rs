//! Requests as a browser makes them: with cookies, and with redirects that the test follows itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("not JSON from {}: {} {}", self.url, self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Url {
        let location = self.header(LOCATION.as_str());
        assert!(!location.is_empty(), "no redirect from {}: {} {}", self.url, self.status, self.text);
        self.url.join(location).expect("an address to go to")
    }

    /// The lines that set cookies.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().expect("ASCII")).collect()
    }
}

/// Answers that our own server gave, to be searched for secrets.
pub(crate) type Answers = Arc<Mutex<Vec<Answer>>>;

/// A browser with its own cookies, opened at our server.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    http: reqwest::Client,
    home: Url,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    answers: Answers,
    /// Every value that any cookie ever had.
    seen_cookies: Arc<Mutex<Vec<String>>>,
}

impl Browser {
    pub(crate) fn new(http: reqwest::Client, home: Url, answers: Answers) -> Self {
        Self { http, home, cookies: Arc::default(), answers, seen_cookies: Arc::default() }
    }

    /// The same person's browser at another process of the same installation.
    pub(crate) fn at(&self, home: &Url) -> Self {
        Self { home: home.clone(), ..self.clone() }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.home.join(path).expect("a path or an address")
    }

    /// A request that [`Browser::send`] sends.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(form)).await
    }

    /// Comes back from Meta and follows the one redirect on our own server.
    pub(crate) async fn land(&self, callback: &Url) -> Answer {
        let back = self.get(callback.as_str()).await;
        assert_eq!(back.status, 303, "{}", back.text);
        let page = back.location();
        assert_eq!(page.origin(), self.home.origin(), "led elsewhere");
        let parameters = page.query().unwrap_or_default();
        assert!(!parameters.contains("code=") && !parameters.contains("state="), "kept in the history");
        self.get(page.as_str()).await
    }

    /// Sends a request with the cookies of this browser, if it is for our server.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let mut request = request.build().expect("a request");
        let ours = request.url().origin() == self.home.origin();
        let cookies = self.cookie_line();
        if ours && !cookies.is_empty() && !request.headers().contains_key(COOKIE) {
            request.headers_mut().insert(COOKIE, cookies.parse().expect("cookies in ASCII"));
        }
        let url = request.url().clone();
        let response = self
            .http
            .execute(request)
            .await
            .unwrap_or_else(|error| panic!("no answer from {url}: {error:?}"));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text =
            response.text().await.unwrap_or_else(|error| panic!("half an answer from {url}: {error:?}"));
        let answer = Answer { url, status, headers, text };
        if ours {
            self.keep_cookies(&answer);
            self.answers.lock().expect("answers").push(answer.clone());
        }
        answer
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.lock().expect("cookies");
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&self, answer: &Answer) {
        let mut cookies = self.cookies.lock().expect("cookies");
        for line in answer.set_cookies() {
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if value.is_empty() || line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
                self.seen_cookies.lock().expect("cookies").push(value.to_owned());
            }
        }
    }

    /// The cookies as they are now.
    pub(crate) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().expect("cookies").clone()
    }

    /// Takes over cookies of another browser.
    pub(crate) fn set_cookies(&self, cookies: BTreeMap<String, String>) {
        *self.cookies.lock().expect("cookies") = cookies;
    }

    /// Every value that any cookie of this browser ever had.
    pub(crate) fn seen_cookies(&self) -> Vec<String> {
        self.seen_cookies.lock().expect("cookies").clone()
    }
}
