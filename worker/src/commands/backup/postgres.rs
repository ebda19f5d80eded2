//! Copies of PostgreSQL, made and read with PostgreSQL's own programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail};
use percent_encoding::percent_decode_str;
use platform::config::Config;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use url::Url;

use super::report::{Contents, TABLES};

/// Has `pg_dump` write a copy in its custom format into an empty file.
pub(super) async fn dump(config: &Config, path: &Path) -> anyhow::Result<()> {
    let server = environment(config.storage.url.expose())?;
    let mut command = Command::new("pg_dump");
    command
        .args(["--format=custom", "--no-password", "--no-owner", "--no-privileges", "--file"])
        .arg(path)
        // What is given as an argument everybody on the machine can read.
        .envs(server)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    let ended = command.output().await.map_err(|error| not_found(&error, "pg_dump"))?;
    if !ended.status.success() {
        bail!("pg_dump failed: {}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    Ok(())
}

/// Reads a copy from beginning to end, without a server.
pub(super) async fn read(path: &Path) -> anyhow::Result<Contents> {
    let mut command = Command::new("pg_restore");
    command
        .args(["--data-only", "--file=-"])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| not_found(&error, "pg_restore"))?;
    let output = child.stdout.take().context("pg_restore says nothing")?;
    let mut reading = Reading::default();
    let mut lines = BufReader::new(output).split(b'\n');
    while let Some(line) = lines.next_segment().await? {
        reading.line(&String::from_utf8_lossy(&line));
    }
    let is_whole = child.wait().await?.success();
    let Reading { mut schema, rows, keys, .. } = reading;
    schema.sort();
    Ok(Contents { kind: "postgres", is_whole, schema, rows, keys })
}

/// What is known of a copy after the lines so far.
#[derive(Default)]
struct Reading {
    table: Option<Table>,
    schema: Vec<String>,
    rows: BTreeMap<String, u64>,
    keys: BTreeMap<String, u64>,
}

/// The table whose rows come now, and where in a row the column is that matters.
struct Table {
    name: String,
    column: Option<usize>,
}

impl Reading {
    fn line(&mut self, line: &str) {
        let Some(table) = &self.table else {
            self.table = Table::begun_by(line);
            if let Some(table) = self.table.as_ref().filter(|table| TABLES.contains(&table.name.as_str())) {
                self.rows.insert(table.name.clone(), 0);
            }
            return;
        };
        if line == "\\." {
            self.table = None;
            return;
        }
        if let Some(count) = self.rows.get_mut(&table.name) {
            *count += 1;
        }
        let Some(value) = table.column.and_then(|at| line.split('\t').nth(at)) else { return };
        if table.name == "sealed_token" {
            *self.keys.entry(value.to_owned()).or_default() += 1;
        } else {
            self.schema.push(value.to_owned());
        }
    }
}

impl Table {
    /// The table that a line such as `COPY public.account (id, …) FROM stdin;` begins.
    fn begun_by(line: &str) -> Option<Self> {
        let (name, columns) = line.strip_prefix("COPY ")?.strip_suffix(") FROM stdin;")?.split_once(" (")?;
        let name = name.rsplit('.').next()?.trim_matches('"').to_owned();
        let wanted = match name.as_str() {
            "sealed_token" => "key_id",
            "seaql_migrations" => "version",
            _ => return Some(Self { name, column: None }),
        };
        let column = columns.split(", ").position(|column| column.trim_matches('"') == wanted);
        Some(Self { name, column })
    }
}

/// Where the server is and who we are there, as PostgreSQL's programs read it from the environment.
fn environment(url: &str) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let url = Url::parse(url).context("DATABASE_URL cannot be read")?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut variables = BTreeMap::new();
    let mut set = |name, value: String| {
        if !value.is_empty() {
            variables.insert(name, value);
        }
    };
    set("PGHOST", decoded(url.host_str().unwrap_or_default().trim_matches(['[', ']'])));
    set("PGPORT", url.port().map(|port| port.to_string()).unwrap_or_default());
    set("PGUSER", decoded(url.username()));
    set("PGPASSWORD", decoded(url.password().unwrap_or_default()));
    set("PGDATABASE", decoded(url.path().trim_start_matches('/')));
    for (name, value) in url.query_pairs() {
        let variable = match &*name {
            "host" => "PGHOST",
            "port" => "PGPORT",
            "user" => "PGUSER",
            "password" => "PGPASSWORD",
            "dbname" => "PGDATABASE",
            "sslmode" | "ssl-mode" => "PGSSLMODE",
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            "sslcert" | "ssl-cert" => "PGSSLCERT",
            "sslkey" | "ssl-key" => "PGSSLKEY",
            "options" => "PGOPTIONS",
            _ => continue,
        };
        set(variable, value.into_owned());
    }
    Ok(variables)
}

fn not_found(error: &std::io::Error, program: &str) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::NotFound {
        anyhow::anyhow!("{program} is not installed; it comes with PostgreSQL's client programs")
    } else {
        anyhow::anyhow!("{program} cannot be started: {error}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_becomes_variables() {
        let url =
            "postgres://moo%40ring:p%2Fw%3A1@db.example:5433/moor%20ing?sslmode=require&application_name=x";
        let expected = [
            ("PGDATABASE", "moor ing"),
            ("PGHOST", "db.example"),
            ("PGPASSWORD", "p/w:1"),
            ("PGPORT", "5433"),
            ("PGSSLMODE", "require"),
            ("PGUSER", "moo@ring"),
        ];
        let found = environment(url).unwrap();
        assert_eq!(found.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(), expected);
        let socket = environment("postgres:///mooring?host=/run/postgresql").unwrap();
        assert_eq!(socket.get("PGHOST").map(String::as_str), Some("/run/postgresql"));
    }

    #[test]
    fn rows_are_counted_and_keys_and_changes_are_found() {
        let mut reading = Reading::default();
        for line in [
            "-- PostgreSQL database dump",
            "COPY public.account (id, username) FROM stdin;",
            "1\tCOPY public.user (x) FROM stdin;",
            "2\t\\\\.",
            "\\.",
            "COPY public.\"user\" (id) FROM stdin;",
            "\\.",
            "COPY public.sealed_token (id, key_id, nonce) FROM stdin;",
            "1\tk1\tx",
            "2\tk0\tx",
            "3\tk1\tx",
            "\\.",
            "COPY public.seaql_migrations (version, applied_at) FROM stdin;",
            "m1\t1",
            "\\.",
        ] {
            reading.line(line);
        }
        let rows: Vec<_> = reading.rows.iter().map(|(table, count)| (table.as_str(), *count)).collect();
        assert_eq!(rows, [("account", 2), ("sealed_token", 3), ("user", 0)]);
        assert_eq!(reading.keys, BTreeMap::from([("k0".to_owned(), 1), ("k1".to_owned(), 2)]));
        assert_eq!(reading.schema, ["m1"]);
    }
}
