//! People choose whether they hear of incidents. Owners hear of them unless they say otherwise.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = boolean("wants_alerts").default(false).to_owned();
        manager.alter_table(Table::alter().table("membership").add_column(column).to_owned()).await?;
        let owners = "UPDATE membership SET wants_alerts = TRUE WHERE role = 'owner'";
        manager.get_connection().execute_unprepared(owners).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("membership").drop_column("wants_alerts").to_owned()).await
    }
}
