//! A confirmation link confirms the sign-up it was mailed for: its name and its password.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column at a time, as SQLite takes no more.
        for column in ["name", "password_hash"] {
            manager
                .alter_table(Table::alter().table("email_link").add_column(text_null(column)).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["name", "password_hash"] {
            manager.alter_table(Table::alter().table("email_link").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
