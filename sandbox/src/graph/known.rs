//! Fields that a node has without the sandbox having a value for them.
//!
//! Meta leaves out what it knows and cannot or may not tell, and refuses only names that no node has.
//! The lists are what the classes of its business SDK for Python enumerate (v26).

use serde_json::Value;

use crate::error::GraphError;

/// The answer to a field without a value: silence if the node has it, code 100 otherwise.
pub(crate) fn absent(field: &str, node: &str) -> Result<Option<Value>, GraphError> {
    let known = match node {
        "User" => USER,
        "Page" => PAGE,
        "Business" => BUSINESS,
        "Application" => APPLICATION,
        "IGUser" => ACCOUNT,
        "IGMedia" => MEDIA,
        "IGComment" => COMMENT,
        "UnifiedThread" => THREAD,
        "Message" => MESSAGE,
        _ => "",
    };
    if known.split_whitespace().any(|name| name == field) {
        Ok(None)
    } else {
        Err(GraphError::unknown_field(field, node))
    }
}

const USER: &str = "
    about age_range birthday client_business_id community cover currency education email
    favorite_athletes favorite_teams first_name gender hometown inspirational_people install_type
    installed is_guest_user is_work_account languages last_name link local_news_megaphone_dismiss_status
    local_news_subscription_status locale location meeting_for middle_name name name_format
    payment_pricepoints political profile_pic quotes relationship_status religion
    shared_login_upgrade_required_by short_name significant_other sports
    supports_donate_button_in_live_video third_party_id timezone token_for_business updated_time
    verified video_upload_limits website
";

const PAGE: &str = "
    about access_token ad_campaign affiliation app_id artists_we_like attire available_promo_offer_ids
    awards band_interests band_members best_page bio birthday booking_agent breaking_news_usage built
    business can_checkin can_post category category_list checkins company_overview
    connected_instagram_account connected_page_backed_instagram_account contact_address
    copyright_attribution_insights copyright_whitelisted_ig_partners country_page_likes cover
    culinary_team current_location delivery_and_pickup_option_info description description_html
    differently_open_offerings directed_by display_subtext displayed_message_response_time
    does_viewer_have_page_permission_link_ig emails engagement fan_count featured_video features
    followers_count food_styles founded general_info general_manager genre global_brand_page_name
    global_brand_root_id has_added_app has_lead_access has_transitioned_to_new_page_experience
    has_whatsapp_business_number has_whatsapp_number hometown hours impressum influences
    instagram_business_account is_always_open is_calling_eligible is_chain is_community_page
    is_eligible_for_branded_content is_eligible_for_disable_connect_ig_btn_for_non_page_admin_am_web
    is_messenger_bot_get_started_enabled is_messenger_platform_bot is_owned is_permanently_closed
    is_published is_unclaimed is_verified is_webhooks_subscribed keywords leadgen_tos_acceptance_time
    leadgen_tos_accepted leadgen_tos_accepting_user link location members merchant_id
    merchant_review_status messaging_feature_status messenger_ads_default_icebreakers
    messenger_ads_default_quick_replies messenger_ads_quick_replies_type mini_shop_storefront mission
    mpg name name_with_location_descriptor network new_like_count offer_eligible overall_star_rating
    owner_business page_backed_threads_account_id page_token parent_page parking payment_options
    personal_info personal_interests pharma_safety_info phone pickup_options place_type plot_outline
    preferred_audience press_contact price_range priority_hours privacy_info_url produced_by products
    promotion_eligible promotion_ineligible_reason public_transit rating_count recipient record_label
    release_date restaurant_services restaurant_specialties schedule screenplay_by season
    single_line_address starring start_info store_code store_location_descriptor store_number studio
    supports_donate_button_in_live_video talking_about_count temporary_status unread_message_count
    unread_notif_count unseen_message_count user_access_expire_time username verification_status
    voip_info website were_here_count whatsapp_number written_by
";

const BUSINESS: &str = "
    block_offline_analytics collaborative_ads_managed_partner_business_info
    collaborative_ads_managed_partner_eligibility collaborative_ads_partner_premium_options created_by
    created_time extended_updated_time is_hidden link marketing_messages_onboarding_status name
    payment_account_id primary_page profile_picture_uri timezone_id two_factor_type updated_by
    updated_time user_access_expire_time verification_status vertical vertical_id
    whatsapp_business_manager_messaging_limit
";

const APPLICATION: &str = "
    aam_rules an_ad_space_limit an_platforms android_key_hash android_sdk_error_categories app_domains
    app_events_config app_events_feature_bitmask app_events_session_timeout app_install_tracked app_name
    app_signals_binding_ios app_type auth_dialog_data_help_url auth_dialog_headline
    auth_dialog_perms_explanation auth_referral_default_activity_privacy auth_referral_enabled
    auth_referral_extended_perms auth_referral_friend_perms auth_referral_response_type
    auth_referral_user_perms auto_event_mapping_android auto_event_mapping_ios auto_event_setup_enabled
    auto_log_app_events_default auto_log_app_events_enabled business canvas_fluid_height
    canvas_fluid_width canvas_url category client_config company config_ids configured_ios_sso
    contact_email created_time creator_uid daily_active_users daily_active_users_rank
    deauth_callback_url default_share_mode description enigma_config financial_id
    gdpv4_chrome_custom_tabs_enabled gdpv4_enabled gdpv4_nux_content gdpv4_nux_enabled
    has_messenger_product hosting_url icon_url ios_bundle_id ios_sdk_dialog_flows
    ios_sdk_error_categories ios_sfvc_attr ios_supports_native_proxy_auth_flow ios_supports_system_auth
    ipad_app_store_id iphone_app_store_id latest_sdk_version link logging_token logo_url migrations
    mobile_profile_section_url mobile_web_url monthly_active_users monthly_active_users_rank name
    namespace object_store_urls owner_business page_tab_default_name page_tab_url photo_url
    privacy_policy_url profile_section_url property_id protected_mode_rules real_time_mode_devices
    restrictions restrictive_data_filter_params restrictive_data_filter_rules sdk_update_message
    seamless_login secure_canvas_url secure_page_tab_url server_ip_whitelist
    smart_login_bookmark_icon_url smart_login_menu_icon_url social_discovery subcategory
    suggested_events_setting supported_platforms supports_apprequests_fast_app_switch
    supports_attribution supports_implicit_sdk_logging suppress_native_ios_gdp terms_of_service_url
    url_scheme_suffix user_support_email user_support_url website_url weekly_active_users
";

const ACCOUNT: &str = "
    biography business_discovery collaborative_media_search followers_count follows_count
    has_profile_pic ig_id is_published legacy_instagram_user_id media_count mentioned_comment
    mentioned_media mini_shop_storefront name owner_business profile_picture_url
    shopping_product_tag_eligibility shopping_review_status username website
";

const MEDIA: &str = "
    alt_text audio_id boost_eligibility_info caption comments_count copyright_check_information
    current_live_viewer_count has_poll has_slider ig_id ingest_first_video_received_time
    ingest_is_ready_to_start ingest_key ingest_last_heartbeat_time ingest_state ingest_url
    ingest_video_height ingest_video_width is_ai_generated is_comment_enabled is_shared_to_feed
    legacy_instagram_media_id like_count live_reactions live_status media_audio_type media_product_type
    media_type media_url owner permalink reposts_count saved_count shares_count shortcode thumbnail_url
    timestamp total_comments_count total_like_count total_views_count username video_title view_count
";

const COMMENT: &str = "
    from hidden legacy_instagram_comment_id like_count media parent_id text timestamp user username
";

const THREAD: &str = "
    can_reply folder former_participants is_owner is_subscribed link linked_group message_count name
    participants scoped_thread_key senders snippet unread_count updated_time wallpaper
";

// The SDK has no class of messages; these are the fields of the Conversations API.
const MESSAGE: &str = "
    attachments created_time from is_unsupported message reactions shares sticker story tags thread_id
    to
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_left_out_and_others_refused() {
        assert!(absent("significant_other", "User").is_ok_and(|value| value.is_none()));
        assert!(absent("store_number", "Page").is_ok());
        assert_eq!(absent("shoe_size", "User").unwrap_err().code, 100);
        assert!(absent("name", "Nothing").is_err());
    }
}
