//! When so many accounts are refused at once that Meta or we must be at fault, nobody is declared broken:
//! what was refused lately is kept, and what an operator decided about it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{json, string, timestamp_with_time_zone, timestamp_with_time_zone_null};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["refused_at", "held_since"] {
            let column = timestamp_with_time_zone_null(name);
            manager.alter_table(Table::alter().table("account").add_column(column).to_owned()).await?;
        }
        let index =
            Index::create().name("ix_account_refused_at").table("account").col("refused_at").to_owned();
        manager.create_index(index).await?;
        manager
            .create_table(
                Table::create()
                    .table("setting")
                    .col(string("key").primary_key())
                    .col(json("value"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("setting").to_owned()).await?;
        manager.drop_index(Index::drop().name("ix_account_refused_at").table("account").to_owned()).await?;
        for name in ["held_since", "refused_at"] {
            manager.alter_table(Table::alter().table("account").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
