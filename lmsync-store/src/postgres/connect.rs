//! A connection to the server, and the task that serves it.

use std::sync::{Arc, OnceLock};

use lmsync_core::Result;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Connection, NoTls};

use super::error::{CONNECTING, failed};
use super::settings::Settings;

/// The end of a connection, when it has come, and why.
pub(super) type Lost = Arc<OnceLock<String>>;

/// A connection, which lasts as long as its client.
pub(super) async fn connect(settings: &Settings) -> Result<(Client, Lost)> {
    let (client, lost, _) = serve(settings).await?;
    Ok((client, lost))
}

/// A connection that ends at once when its task is aborted, whatever is under way.
pub(super) async fn connect_to_abort(settings: &Settings) -> Result<(Client, JoinHandle<()>)> {
    let (client, _, task) = serve(settings).await?;
    Ok((client, task))
}

async fn serve(settings: &Settings) -> Result<(Client, Lost, JoinHandle<()>)> {
    let lost = Lost::default();
    let (client, task) = match &settings.tls {
        None => {
            let connected = settings.config.connect(NoTls).await;
            let (client, connection) = connected.map_err(failed(CONNECTING))?;
            (client, spawn(connection, Arc::clone(&lost)))
        }
        Some(tls) => {
            let connected = settings.config.connect(tls.connector()).await;
            let (client, connection) = connected.map_err(failed(CONNECTING))?;
            (client, spawn(connection, Arc::clone(&lost)))
        }
    };
    Ok((client, lost, task))
}

fn spawn<S, T>(connection: Connection<S, T>, lost: Lost) -> JoinHandle<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            let why = match error.as_db_error() {
                Some(told) => told.message().to_owned(),
                None => error.to_string(),
            };
            // It ends once.
            let _ = lost.set(why);
        }
    })
}
