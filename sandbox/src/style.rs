//! The look of all pages: one small sheet, inline, nothing from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const SHEET: &str = r#"
:root{color-scheme:light dark;--bg:#f3f4f7;--card:#fff;--ink:#1c2130;--soft:#5b6275;--line:#d9dde6;--accent:#1f5fd0;--bad:#b3261e;--good:#1a7f4b}
@media(prefers-color-scheme:dark){:root{--bg:#14161c;--card:#1e212a;--ink:#e9ebf2;--soft:#a3aabd;--line:#363b49;--accent:#7aa7ff;--bad:#ff8a80;--good:#6fd8a3}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
.dialog{max-width:34rem}
h1{font-size:1.4rem;margin:.2rem 0 1rem}h2{font-size:1.1rem;margin:2rem 0 .6rem}h3{font-size:1rem;margin:0}
a{color:var(--accent)}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem;margin:0 0 1rem}
.brand{font-weight:700;color:var(--soft);letter-spacing:.02em;margin:0 0 .5rem}
.soft{color:var(--soft)}.bad{color:var(--bad)}.good{color:var(--good)}
fieldset{border:1px solid var(--line);border-radius:10px;margin:0 0 1rem;padding:.75rem 1rem}
legend{padding:0 .4rem;font-weight:600}
label{display:block;padding:.3rem 0}
.choice{padding-left:1.7rem;text-indent:-1.7rem}.choice>input{margin-right:.6rem}.choice>*{text-indent:0}
.assets{margin:0 0 .5rem 1.7rem}
.person:not(:has(input[name=person]:checked)) .assets{display:none}
.actions{display:flex;gap:.75rem;flex-wrap:wrap}
button{font:inherit;padding:.55rem 1.1rem;border-radius:8px;border:1px solid var(--line);background:var(--card);color:var(--ink);cursor:pointer}
button.main{background:#1f5fd0;border-color:#1f5fd0;color:#fff;font-weight:600}
button:focus-visible,a:focus-visible,input:focus-visible,select:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
input,select{font:inherit}input[type=text],input[type=number],select{padding:.35rem .5rem;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--ink)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
.scroll{overflow-x:auto}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem}
form.inline{display:inline-flex;gap:.4rem;align-items:center;flex-wrap:wrap;margin:.15rem .5rem .15rem 0}
form.inline button{padding:.2rem .6rem}
iframe{width:100%;height:36rem;border:1px solid var(--line);border-radius:8px;background:#fff}
nav{display:flex;flex-wrap:wrap;position:sticky;top:0;background:var(--bg);padding:.6rem 0;z-index:1}
nav a{margin-right:1rem}
h2,h3,tr{scroll-margin-top:3.5rem}
.chip{display:inline-block;border:1px solid var(--line);border-radius:999px;padding:0 .6rem;margin:.15rem .3rem .15rem 0;font-size:.9em}
.chip button{border:0;background:none;padding:0 0 0 .4rem;color:var(--accent)}
summary{cursor:pointer;padding:.3rem 0}
td code{white-space:nowrap}td.long,td.long code{white-space:normal;overflow-wrap:anywhere}td.whole{white-space:nowrap}
.settings{display:grid;grid-template-columns:repeat(auto-fill,minmax(18rem,1fr));gap:.25rem 1rem;margin:.5rem 0 1rem}
.settings span,.settings select{display:block;width:100%}
"#;

/// A whole page.
pub(crate) fn page(title: &str, class: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(SHEET)) }
            }
            body { main class=(class) { (body) } }
        }
    }
}

/// The head of the sandbox's own pages.
pub(crate) fn navigation() -> Markup {
    html! {
        nav {
            a href="/" { "Control" } a href="/#faults" { "Faults" } a href="/#people" { "People" }
            a href="/#accounts" { "Accounts" } a href="/#settings" { "Settings" } a href="/traffic" { "Traffic" } a href="/inbox" { "Inbox" }
        }
    }
}
