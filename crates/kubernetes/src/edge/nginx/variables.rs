//! The variables of nginx that a value may name. One that does not exist stops nginx.

/// Those that nginx has, with the modules of the controller's image.
pub(super) const OF_NGINX: &[&str] = &[
    "ancient_browser",
    "args",
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "connections_active",
    "connections_reading",
    "connections_waiting",
    "connections_writing",
    "content_length",
    "content_type",
    "document_root",
    "document_uri",
    "host",
    "hostname",
    "https",
    "invalid_referer",
    "is_args",
    "limit_conn_status",
    "limit_rate",
    "limit_req_status",
    "modern_browser",
    "msec",
    "msie",
    "nginx_version",
    "pid",
    "pipe",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "proxy_port",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_protocol_server_addr",
    "proxy_protocol_server_port",
    "query_string",
    "realip_remote_addr",
    "realip_remote_port",
    "realpath_root",
    "remote_addr",
    "remote_port",
    "remote_user",
    "request",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "request_uri",
    "scheme",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "ssl_cipher",
    "ssl_ciphers",
    "ssl_client_cert",
    "ssl_client_escaped_cert",
    "ssl_client_fingerprint",
    "ssl_client_i_dn",
    "ssl_client_i_dn_legacy",
    "ssl_client_raw_cert",
    "ssl_client_s_dn",
    "ssl_client_s_dn_legacy",
    "ssl_client_serial",
    "ssl_client_v_end",
    "ssl_client_v_remain",
    "ssl_client_v_start",
    "ssl_client_verify",
    "ssl_curve",
    "ssl_curves",
    "ssl_early_data",
    "ssl_protocol",
    "ssl_server_name",
    "ssl_session_id",
    "ssl_session_reused",
    "status",
    "tcpinfo_rcv_space",
    "tcpinfo_rtt",
    "tcpinfo_rttvar",
    "tcpinfo_snd_cwnd",
    "time_iso8601",
    "time_local",
    "uid_got",
    "uid_reset",
    "uid_set",
    "upstream_addr",
    "upstream_bytes_received",
    "upstream_bytes_sent",
    "upstream_cache_status",
    "upstream_connect_time",
    "upstream_header_time",
    "upstream_response_length",
    "upstream_response_time",
    "upstream_status",
    "uri",
];

/// Those that the controller's template sets for a location.
const OF_THE_CONTROLLER: &[&str] = &[
    "best_http_host",
    "connection_upgrade",
    "escaped_request_uri",
    "ingress_name",
    "location_path",
    "namespace",
    "pass_access_scheme",
    "pass_port",
    "pass_server_port",
    "proxy_alternative_upstream_name",
    "proxy_upstream_name",
    "redirect_to_https",
    "req_id",
    "service_name",
    "service_port",
];

/// The starts of those that are made of a name.
const STARTS: &[&str] = &[
    "arg_",
    "cookie_",
    "http_",
    "sent_http_",
    "sent_trailer_",
    "upstream_cookie_",
    "upstream_http_",
    "upstream_trailer_",
];

/// Checks that nginx knows every variable that a value names.
///
/// # Errors
/// Says which it does not know, or what is no variable.
pub(super) fn check(value: &str) -> Result<(), String> {
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        let braced = rest.strip_prefix('{');
        let text = braced.unwrap_or(rest);
        let name = &text[..text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())];
        if name.is_empty() {
            return Err("a `$` names no variable".into());
        }
        if braced.is_some() && !text[name.len()..].starts_with('}') {
            return Err(format!("the `{{` of `${{{name}` is not closed"));
        }
        // `$1` is followed by text; a name that starts with a digit is no other variable.
        let capture = braced.is_none() && name.starts_with(|c: char| ('1'..='9').contains(&c));
        let known = capture
            || OF_NGINX.contains(&name)
            || OF_THE_CONTROLLER.contains(&name)
            || STARTS.iter().any(|start| name.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
        if !known {
            return Err(format!("nginx has no variable `${name}`"));
        }
        rest = &text[name.len()..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(OF_NGINX.is_sorted() && OF_THE_CONTROLLER.is_sorted() && STARTS.is_sorted());
    }

    #[test]
    fn variables_exist() {
        for good in
            ["", "a", "$host", "${host}-a", "/$1/$2x", "$http_x_y", "$arg_a$cookie_b", "https://$host$request_uri"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["$", "$-", "${host", "${}", "$nope", "$arg_", "a$$host", "$hostx", "${1}", "$0"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
