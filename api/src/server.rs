//! Listening, time limits, and stopping in order.
//!
//! axum's own `serve` has no limit for how slowly a client may send its headers, so that a few
//! clients could hold all connections; hyper's connection builder has one. Only HTTP/1 is spoken:
//! the proxy in front speaks it, and a connection of HTTP/2, or one that has not said yet which of
//! the two it is, may be silent for ever.

use std::collections::HashMap;
use std::error::Error;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::state::AppState;
use crate::{router, routes};

/// What connections may do.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// How long a client may take for the headers of a request, from the moment of connecting or the
    /// end of its last answer. An idle connection ends with it, too.
    headers: Duration,
    /// How many connections are served at once; more wait in the system's queue.
    connections: usize,
    /// How many of them one address may have; more are closed at once. A proxy in front is one address.
    of_one_address: usize,
}

/// A proxy keeps few connections for many clients; half of all are enough for it, and leave a place
/// for others where there is none.
const LIMITS: Limits = Limits { headers: Duration::from_secs(10), connections: 1_024, of_one_address: 512 };

/// Serves requests until the process is asked to stop, then lets running ones finish.
pub(crate) async fn serve(state: AppState) -> Result<(), Box<dyn Error>> {
    let address = state.services.config.http.api_listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address} ({error}); API_LISTEN changes the address"))?;
    let patience = Duration::from_secs(state.services.config.tuning.shutdown_seconds.into());
    tracing::info!(address = %listener.local_addr()?, "the api is listening");
    let app = router::router(state);
    tokio::spawn(routes::metrics::keep_up());
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = answer(&listener, &app, LIMITS, &graceful) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    drop(listener);
    tracing::info!("stopping");
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(patience) => tracing::warn!("requests that did not finish are given up"),
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Takes connections and answers what comes in on them, for ever.
async fn answer(listener: &TcpListener, app: &Router, limits: Limits, graceful: &GracefulShutdown) {
    let places = Places::new(limits);
    loop {
        let permit = places.permit().await;
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Usually a lack of file handles, which passes.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(place) = places.take(permit, peer.ip()) else {
            tracing::debug!(%peer, "this address has too many connections");
            continue;
        };
        let watched = graceful.watch(connection(stream, peer, app.clone(), limits));
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    limits: Limits,
) -> impl GracefulConnection<Error = hyper::Error> + Send {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .serve_connection(TokioIo::new(stream), service)
}

/// The places that there are for connections, and who has them.
struct Places {
    free: Arc<Semaphore>,
    of_one_address: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Places {
    fn new(limits: Limits) -> Self {
        Self {
            free: Arc::new(Semaphore::new(limits.connections)),
            of_one_address: limits.of_one_address,
            taken: Arc::default(),
        }
    }

    /// Waits until there is a place for anybody.
    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        // It fails only when the semaphore is closed, which nobody does.
        self.free.clone().acquire_owned().await.ok()
    }

    /// Gives a place to an address, unless it has enough of them.
    fn take(&self, permit: Option<OwnedSemaphorePermit>, address: IpAddr) -> Option<Place> {
        let client = client_of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client).or_insert(0);
        if *count >= self.of_one_address {
            return None;
        }
        *count += 1;
        Some(Place { client, taken: self.taken.clone(), _permit: permit })
    }
}

/// The place of one connection; free again when this is dropped.
struct Place {
    client: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

/// Whose address it is: whoever has one address of IPv6 usually has all with the same first half.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpSocket;

    use super::*;

    /// The beginning of a connection of HTTP/2: the preface and empty settings.
    const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    /// Longer than anything here takes when it works.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn start(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/health", get(|| async { "well" }));
        tokio::spawn(async move { answer(&listener, &app, limits, &GracefulShutdown::new()).await });
        address
    }

    async fn connect(server: SocketAddr, from: &str, first: &[u8]) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        let mut stream = socket.connect(server).await.unwrap();
        stream.write_all(first).await.unwrap();
        stream
    }

    /// All that the server says until it closes the connection.
    async fn read(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        // A connection that is closed with something unread is reset.
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("it is closed");
        String::from_utf8_lossy(&text).into_owned()
    }

    async fn health(server: SocketAddr, from: &str) -> String {
        let request = b"GET /health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
        read(&mut connect(server, from, request).await).await
    }

    #[tokio::test]
    async fn silent_connections_do_not_keep_others_out() {
        let limits = Limits { headers: Duration::from_millis(200), connections: 6, of_one_address: 6 };
        let server = start(limits).await;
        for first in [b"".as_slice(), HTTP2, b"P", b"PRI", b"GET /health HTTP/1.1\r\nhost: he"] {
            let mut silent = Vec::new();
            for _ in 0..2 * limits.connections {
                silent.push(connect(server, "127.0.0.1", first).await);
            }
            assert!(health(server, "127.0.0.1").await.ends_with("well"), "{first:?}");
            for stream in &mut silent {
                read(stream).await;
            }
        }
    }

    #[tokio::test]
    async fn an_idle_connection_ends() {
        let server =
            start(Limits { headers: Duration::from_millis(200), connections: 1, of_one_address: 1 }).await;
        let request = b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n";
        let mut idle = connect(server, "127.0.0.1", request).await;
        assert!(read(&mut idle).await.ends_with("well"));
    }

    #[tokio::test]
    async fn one_address_does_not_take_all_places() {
        // Nothing ends by time here.
        let server = start(Limits { headers: 10 * PATIENCE, connections: 6, of_one_address: 4 }).await;
        let mut silent = Vec::new();
        for _ in 0..20 {
            silent.push(connect(server, "127.0.0.2", b"").await);
        }
        assert!(health(server, "127.0.0.1").await.ends_with("well"));
        let mut refused = silent.split_off(4);
        for stream in &mut refused {
            assert_eq!(read(stream).await, "");
        }
        silent.truncate(3);
        // The place of the one that left is free for this address as soon as the server notices.
        tokio::time::timeout(PATIENCE, async {
            while !health(server, "127.0.0.2").await.ends_with("well") {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("a place is free");
    }

    #[test]
    fn an_address_of_ipv6_counts_with_its_neighbours() {
        let client = |text: &str| client_of(text.parse().unwrap());
        assert_eq!(client("2001:db8:1:2:aaaa::1"), client("2001:db8:1:2:bbbb::2"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.7"), client("192.0.2.7"));
        assert_ne!(client("192.0.2.7"), client("192.0.2.8"));
    }
}
