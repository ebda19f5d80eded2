use sea_orm::sea_query::Expr;

use super::*;

#[tokio::test]
async fn only_a_confirmed_address_that_is_listed_makes_an_operator() {
    for scene in scenes().await {
        let olga = scene.signed_in("Olga@Mooring.example").await.actor;
        scene.advance(TimeDelta::seconds(1));
        let anna = scene.signed_in("anna@mooring.example").await.actor;
        let operator = scene.identity.operator(&olga).await.unwrap();
        assert_eq!(operator.map(|operator| operator.user_id()), Some(olga.user_id));
        assert_eq!(scene.identity.operator(&anna).await.unwrap(), None);
        // What the session says of the address does not count, only what is stored now.
        let pretender = crate::Actor { email: "olga@mooring.example".to_owned(), ..anna };
        assert_eq!(scene.identity.operator(&pretender).await.unwrap(), None);
        user::Entity::update_rows()
            .col_expr(user::Column::ConfirmedAt, Expr::value(Option::<DateTimeUtc>::None))
            .filter(user::Column::Id.eq(olga.user_id))
            .exec(&**scene.db)
            .await
            .unwrap();
        assert_eq!(scene.identity.operator(&olga).await.unwrap(), None);
    }
}
