//! Listening, routing and stopping.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::anyhow;
use axum::{
    Router,
    extract::{Request, State as Shared},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    call::Host,
    config::Config,
    control, front, mail, save,
    state::{Sandbox, State},
};

/// A sandbox that is serving.
#[derive(Debug)]
pub struct Running {
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where mail is caught.
    pub smtp: SocketAddr,
    sandbox: Arc<Sandbox>,
    stopping: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// How long open requests may take to finish once the sandbox stops.
const GRACE: Duration = Duration::from_millis(500);

impl Running {
    /// Stops listening, lets open requests finish for half a second, saves the state.
    pub async fn stop(self) {
        // Nobody listening any more is the only way this can fail, and then there is nothing to stop.
        let _ = self.stopping.send(true);
        let _ = tokio::time::timeout(GRACE, async {
            for task in self.tasks {
                let _ = task.await;
            }
        })
        .await;
        if let Err(error) = save::save(&self.sandbox) {
            tracing::error!(%error, "state not saved");
        }
    }
}

/// Binds both listeners and starts serving.
///
/// # Errors
///
/// When an address is not usable or taken, naming the flag to change, and when the state file is
/// not one.
pub async fn start(mut config: Config) -> anyhow::Result<Running> {
    // A variable that is set to nothing means the same as one that is not set.
    config.state_file = config.state_file.filter(|path| !path.as_os_str().is_empty());
    config.public_url = config.public_url.filter(|url| !url.is_empty());
    let state = match &config.state_file {
        Some(path) => save::load(path)?,
        None => State::default(),
    };
    let http = bind(&config.listen, "--listen or SANDBOX_LISTEN").await?;
    let smtp = bind(&config.smtp_listen, "--smtp-listen or SANDBOX_SMTP_LISTEN").await?;
    let (http_address, smtp_address) = (http.local_addr()?, smtp.local_addr()?);
    let public_url = match &config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{http_address}"),
    };
    let sandbox = Arc::new(Sandbox::new(config, public_url, state));
    let (stopping, stop) = watch::channel(false);
    let tasks = vec![
        tokio::spawn(serve(http, router(sandbox.clone()), stop.clone())),
        tokio::spawn(mail::smtp::serve(smtp, sandbox.clone(), stop.clone())),
        tokio::spawn(save_until(sandbox.clone(), stop)),
    ];
    tracing::info!(http = %http_address, smtp = %smtp_address, "sandbox is up");
    Ok(Running { http: http_address, smtp: smtp_address, sandbox, stopping, tasks })
}

async fn bind(address: &str, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow!("the address {address} is already in use; choose another with {option}")
        }
        _ => anyhow!("cannot listen on {address} ({error}); change {option}"),
    })
}

async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        let _ = stop.wait_for(|stopping| *stopping).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "HTTP ended");
    }
}

async fn save_until(sandbox: Arc<Sandbox>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        () = save::keep_saving(sandbox) => {}
        _ = stop.wait_for(|stopping| *stopping) => {}
    }
}

fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .merge(control::routes())
        .merge(mail::inbox::routes())
        .fallback(async || (StatusCode::NOT_FOUND, "No such page in the sandbox. Start at /\n"))
        .layer(middleware::from_fn_with_state(sandbox.clone(), meta_hosts))
        .with_state(sandbox)
}

/// Answers for Meta's hosts, chosen by the `Host` header or by the first path segment.
async fn meta_hosts(Shared(sandbox): Shared<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let named = request
        .headers()
        .get("host")
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(':').next().unwrap_or(value))
        .and_then(Host::from_name);
    if let Some(host) = named {
        return front::handle(sandbox, host, "", request).await;
    }
    let first = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    match Host::from_name(&first) {
        Some(host) => front::handle(sandbox, host, &format!("/{first}"), request).await,
        None => next.run(request).await.into_response(),
    }
}
