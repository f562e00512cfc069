import ADMModel
import Foundation

/// The proxy variables that many programs share, read as curl reads them.
struct ProxyVariables {
    private let environment: [String: String]

    /// Takes the variables of the process.
    init(_ environment: [String: String]) { self.environment = environment }

    /// The proxy for URLs of a scheme, with the variable that names it.
    func proxy(scheme: String) -> (url: String, variable: String)? {
        // A web server hands the request field "Proxy" to a CGI program as HTTP_PROXY, so that a
        // stranger could name the proxy (CVE-2016-5388). Only the lower-case name is safe.
        let own =
            scheme == "http" ? ["http_proxy"] : ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY"]
        guard let (text, variable) = first(own + ["all_proxy", "ALL_PROXY"]) else { return nil }
        return (text.contains("://") ? text : "http://" + text, variable)
    }

    /// What the variables say about a setting, with the variable that says it.
    func value(of setting: String) -> (SettingValue, variable: String)? {
        switch setting {
        case "proxy":
            (proxy(scheme: "https") ?? proxy(scheme: "http")).map { (.text($0.url), $0.variable) }
        case "no-proxy":
            first(["no_proxy", "NO_PROXY"]).map {
                (.list(SettingKind.hosts(in: $0.text)), $0.variable)
            }
        default: nil
        }
    }

    private func first(_ names: [String]) -> (text: String, variable: String)? {
        for name in names {
            let text = environment[name, default: ""].trimmingCharacters(in: .whitespaces)
            if !text.isEmpty { return (text, name) }
        }
        return nil
    }
}

extension SettingsResolution {
    /// The proxy that the standard variables name for URLs of a scheme; nil for none.
    ///
    /// It counts only if no flag, `ADM_PROXY`, profile, template or `config.toml` names a proxy,
    /// that is, if `transfer.proxy` is nil. For `https`: `https_proxy`, `HTTPS_PROXY`, `all_proxy`,
    /// `ALL_PROXY`; for `http`: `http_proxy` in lower case only, `all_proxy`, `ALL_PROXY`. Empty ones
    /// count as unset. Text without a scheme gets `http://`, as with curl; nothing else is checked.
    ///
    /// The hosts of `no_proxy` are not looked at: they are in `transfer.noProxy`.
    ///
    /// - Returns: A URL that may hold a user name and password: never print it.
    package static func environmentProxy(
        scheme: String,
        environment: [String: String]
    ) -> String? {
        ProxyVariables(environment).proxy(scheme: scheme.lowercased())?.url
    }
}
