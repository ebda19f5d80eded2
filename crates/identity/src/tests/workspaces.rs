use entity::{UserId, WorkspaceId, membership};
use mail::Audience;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, Set};

use super::*;
use crate::{AlertsError, CreateWorkspaceError, Fault, Role, audience};

impl Scene {
    async fn join(&self, workspace: WorkspaceId, user: UserId, role: Role) {
        let row = membership::ActiveModel {
            workspace_id: Set(workspace),
            user_id: Set(user),
            role: Set(role),
            wants_alerts: Set(false),
            created_at: Set(self.world.now()),
        };
        membership::Entity::insert(row).exec_without_returning(&**self.db).await.unwrap();
    }
}

#[tokio::test]
async fn who_makes_a_workspace_owns_it() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        let made = scene.identity.create_workspace(&anna, "  Acme Social ").await.unwrap();
        assert_eq!(made.name, "Acme Social");
        let member = scene.identity.member(&anna, made.workspace_id).await.unwrap().unwrap();
        assert_eq!((member.role(), member.workspace_id()), (Role::Owner, made.workspace_id));
        assert_eq!((member.actor(), member.user_id()), (&anna, anna.user_id));
        let events = scene.audit("workspace.created").await;
        assert_eq!((events.len(), events[0].workspace_id), (1, made.workspace_id));
    }
}

#[tokio::test]
async fn a_workspace_needs_a_name() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        for (name, fault) in [
            ("", Fault::Empty),
            ("a\nb", Fault::ControlCharacters),
            (&"x".repeat(101), Fault::TooLong { most: 100 }),
        ] {
            let error = scene.identity.create_workspace(&anna, name).await.unwrap_err();
            assert!(matches!(error, CreateWorkspaceError::Field(error) if error.fault == fault), "{name}");
        }
        assert!(scene.identity.memberships(anna.user_id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn foreign_and_missing_workspaces_look_the_same() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        scene.advance(TimeDelta::seconds(1));
        let bob = scene.signed_in("bob@example.com").await.actor;
        let made = scene.identity.create_workspace(&anna, "Acme").await.unwrap();
        assert_eq!(scene.identity.member(&bob, made.workspace_id).await.unwrap(), None);
        let missing = WorkspaceId(scene.world.new_id());
        assert_eq!(scene.identity.member(&bob, missing).await.unwrap(), None);
        assert!(scene.identity.memberships(bob.user_id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn memberships_are_listed_by_name() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        scene.advance(TimeDelta::seconds(1));
        let bob = scene.signed_in("bob@example.com").await.actor;
        for name in ["beta", "Alpha"] {
            scene.identity.create_workspace(&anna, name).await.unwrap();
        }
        let bobs = scene.identity.create_workspace(&bob, "Gamma").await.unwrap();
        scene.join(bobs.workspace_id, anna.user_id, Role::Viewer).await;
        let names: Vec<_> = scene
            .identity
            .memberships(anna.user_id)
            .await
            .unwrap()
            .into_iter()
            .map(|(membership, workspace)| (workspace.name, membership.role))
            .collect();
        assert_eq!(
            names,
            [
                ("Alpha".to_owned(), Role::Owner),
                ("beta".to_owned(), Role::Owner),
                ("Gamma".to_owned(), Role::Viewer)
            ]
        );
    }
}

#[tokio::test]
async fn a_removed_member_is_one_no_more() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        let made = scene.identity.create_workspace(&anna, "Acme").await.unwrap();
        membership::Entity::delete_in_workspace(made.workspace_id).exec(&**scene.db).await.unwrap();
        assert_eq!(scene.identity.member(&anna, made.workspace_id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn mails_to_the_workspace_go_to_confirmed_owners_and_admins() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        let made = scene.identity.create_workspace(&anna, "Acme").await.unwrap();
        for (email, role, confirmed) in [
            ("admin@example.com", Role::Admin, true),
            ("member@example.com", Role::Member, true),
            ("viewer@example.com", Role::Viewer, true),
            ("unconfirmed@example.com", Role::Admin, false),
        ] {
            scene.advance(TimeDelta::seconds(1));
            if confirmed {
                scene.person(email).await;
            } else {
                scene.sign_up(email).await;
            }
            scene.join(made.workspace_id, scene.user(email).await.id, role).await;
        }
        let told = audience(&**scene.db, made.workspace_id).await.unwrap();
        assert_eq!(told.managers, ["admin@example.com", EMAIL]);
        assert_eq!(told.team, [EMAIL], "who has not said otherwise");
        let nobody = WorkspaceId(scene.world.new_id());
        assert_eq!(scene.identity.audience(&**scene.db, nobody).await.unwrap(), Audience::default());
    }
}

#[tokio::test]
async fn people_choose_whether_they_hear_of_incidents_but_one_owner_does() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await.actor;
        let made = scene.identity.create_workspace(&anna, "Acme").await.unwrap();
        let owner = scene.identity.member(&anna, made.workspace_id).await.unwrap().unwrap();
        let refused = scene.identity.set_wants_alerts(&owner, false).await.unwrap_err();
        assert!(matches!(refused, AlertsError::LastOwner));

        scene.advance(TimeDelta::seconds(1));
        let bob = scene.signed_in("bob@example.com").await.actor;
        scene.join(made.workspace_id, bob.user_id, Role::Viewer).await;
        let viewer = scene.identity.member(&bob, made.workspace_id).await.unwrap().unwrap();
        scene.identity.set_wants_alerts(&viewer, true).await.unwrap();
        let team = async || audience(&**scene.db, made.workspace_id).await.unwrap().team;
        assert_eq!(team().await, [EMAIL, "bob@example.com"]);
        let refused = scene.identity.set_wants_alerts(&owner, false).await.unwrap_err();
        assert!(matches!(refused, AlertsError::LastOwner), "a viewer is no owner");

        membership::Entity::update_in_workspace(made.workspace_id)
            .col_expr(membership::Column::Role, Expr::value(Role::Owner.to_value()))
            .filter(membership::Column::UserId.eq(bob.user_id))
            .exec(&**scene.db)
            .await
            .unwrap();
        scene.identity.set_wants_alerts(&owner, false).await.unwrap();
        assert_eq!(team().await, ["bob@example.com"]);
    }
}
