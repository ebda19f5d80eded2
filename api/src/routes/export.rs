//! Numbers as files: `GET /api/export/{insights|audience|media}.{csv|jsonl}` of an account or of all accounts
//! of a workspace, for any member. The same numbers as in GraphQL, in one piece however many there are.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use entity::{AccountId, InWorkspace as _, WorkspaceId, account};
use futures::StreamExt as _;
use identity::audit;
use insights::export::{Format, Subject, pieces};
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::bearer;
use crate::graphql::GlobalId;
use crate::problem::Problem;
use crate::state::AppState;

/// So many exports are written at once by a process; each keeps the database busy.
pub(crate) const AT_ONCE: usize = 4;
/// The longest span of one export: ten years.
const MAX_DAYS: i64 = 3_660;

const NEEDS_ONE: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "bad_input", "Name either an account or a workspace, by its id.");
const BAD_SPAN: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "bad_input",
    "from and to have to be days such as 2026-11-30, in this order and at most ten years apart.",
);

/// What is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameters {
    account: Option<String>,
    workspace: Option<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// Sends the file while it is being read.
pub(crate) async fn download(
    State(state): State<AppState>,
    Path(file): Path<String>,
    parameters: Result<Query<Parameters>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (subject, format) = kind_of(&file).ok_or(Problem::NOT_FOUND)?;
    let services = &state.services;
    let token = bearer(&headers).ok_or(Problem::UNAUTHENTICATED)?;
    let actor = services.identity.authenticate(token).await?.ok_or(Problem::UNAUTHENTICATED)?;
    let Query(parameters) = parameters.map_err(|_| BAD_SPAN)?;
    let (Some(from), Some(to)) = (parameters.from, parameters.to) else { return Err(BAD_SPAN) };
    if to < from || (to - from).num_days() >= MAX_DAYS {
        return Err(BAD_SPAN);
    }
    let whose = Whose::read(&parameters)?;
    let workspace = match whose {
        Whose::Workspace(id) => id,
        Whose::Account(id) => workspace_of(&state, id).await?.ok_or(Problem::NOT_FOUND)?,
    };
    // Somebody else's answers like one that is not there.
    let member = services.identity.member(&actor, workspace).await?.ok_or(Problem::NOT_FOUND)?;
    let Ok(place) = Arc::clone(&state.exports).try_acquire_owned() else { return Err(Problem::UNAVAILABLE) };

    let mut accounts = account::Entity::in_workspace(workspace).order_by_asc(account::Column::Id);
    if let Whose::Account(id) = whose {
        accounts = accounts.filter(account::Column::Id.eq(id));
    }
    let accounts = accounts.all(&*services.database).await?;
    let event = audit::Event {
        workspace_id: workspace,
        user_id: Some(member.actor().user_id),
        action: "insights.exported",
        subject_id: matches!(whose, Whose::Account(_))
            .then(|| accounts.first().map(|one| one.id.0))
            .flatten(),
        detail: json!({ "file": file, "accounts": accounts.len(), "from": from, "to": to }),
    };
    let turn = services.database.turn().await;
    audit::record(&*services.database, &services.world, event).await?;
    drop(turn);

    let insights = services.insights.clone();
    let text = futures::stream::iter(pieces(accounts, from, to)).then(move |piece| {
        let insights = insights.clone();
        async move { insights.export(subject, format, &piece).await }
    });
    // A file that breaks off is noticed by the client, because the answer does not end as it should.
    let text = text.inspect(move |piece| {
        let _until_the_end = &place;
        if let Err(error) = piece {
            tracing::error!(%error, "an export broke off");
        }
    });
    let mut response = Body::from_stream(text).into_response();
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::JsonLines => "application/jsonl; charset=utf-8",
    };
    let (name, ending) = file.split_once('.').unwrap_or((&file, ""));
    let disposition = format!("attachment; filename=\"mooring-{name}-{from}-{to}.{ending}\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Whose numbers are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Account(AccountId),
    Workspace(WorkspaceId),
}

impl Whose {
    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let id = |text: &str| text.parse::<GlobalId>().map_err(|_| NEEDS_ONE);
        match (&parameters.account, &parameters.workspace) {
            (Some(account), None) => {
                AccountId::try_from(id(account)?).map(Self::Account).map_err(|_| NEEDS_ONE)
            }
            (None, Some(workspace)) => {
                WorkspaceId::try_from(id(workspace)?).map(Self::Workspace).map_err(|_| NEEDS_ONE)
            }
            _ => Err(NEEDS_ONE),
        }
    }
}

async fn workspace_of(state: &AppState, id: AccountId) -> Result<Option<WorkspaceId>, DbErr> {
    let row = account::Entity::across_workspaces()
        .filter(account::Column::Id.eq(id))
        .one(&*state.services.database)
        .await?;
    Ok(row.map(|row| row.workspace_id))
}

/// What a file name asks for.
fn kind_of(file: &str) -> Option<(Subject, Format)> {
    let (name, ending) = file.split_once('.')?;
    let subject = match name {
        "insights" => Subject::Insights,
        "audience" => Subject::Audience,
        "media" => Subject::Media,
        _ => return None,
    };
    let format = match ending {
        "csv" => Format::Csv,
        "jsonl" => Format::JsonLines,
        _ => return None,
    };
    Some((subject, format))
}
