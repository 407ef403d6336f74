namespace CredentialSidecar.Conformance.Access;

/// <summary>Every way in which a page's JavaScript can make its browser request another origin.</summary>
/// <remarks>Each request names its way in the query.</remarks>
internal static class WaysToAsk
{
    /// <summary>The ways that Chromium 156 always takes. It may leave out others, such as media that it does not need yet.</summary>
    public static readonly string[] Certain =
    [
        "fetch", "fetch-token", "fetch-opaque", "fetch-as-node", "fetch-post", "fetch-head", "fetch-keepalive", "xhr",
        "img", "script", "module", "iframe", "embed", "object", "css", "background", "font", "prefetch", "preload",
        "beacon", "beacon-empty", "events", "websocket", "ping", "form-get", "form-post", "refresh",
        "sandboxed-img", "sandboxed-fetch", "worker", "worker-script", "open",
    ];

    /// <summary>The body of a page's script that takes them all, and tells what the three kinds of fetch brought.</summary>
    public static string Of(string address) => $$"""
        const to = way => "{{address}}?way=" + way;
        const told = (way, how) => fetch(to(way), how).then(async a => a.type + " " + await a.text(), e => e.name);
        const add = (tag, set) => document.body.appendChild(Object.assign(document.createElement(tag), set));
        const quietly = ["fetch-head", { method: "HEAD", mode: "no-cors" }, "fetch-keepalive", { mode: "no-cors", keepalive: true },
          "fetch-post", { method: "POST", mode: "no-cors", body: "x" },
          "fetch-as-node", {
            mode: "no-cors",
            referrerPolicy: "no-referrer",
            headers: { "User-Agent": "node", "Accept": "*/*", "Accept-Language": "*" },
          }];
        for (let i = 0; i < quietly.length; i += 2) told(quietly[i], quietly[i + 1]);
        { const x = new XMLHttpRequest(); x.open("GET", to("xhr")); x.send(); }
        for (const tag of ["img", "script", "iframe", "embed", "video", "audio"]) add(tag, { src: to(tag), referrerPolicy: "no-referrer" });
        add("script", { src: to("module"), type: "module" });
        add("object", { data: to("object") });
        add("link", { href: to("css"), rel: "stylesheet" });
        add("link", { href: to("icon"), rel: "icon" });
        add("link", { href: to("prefetch"), rel: "prefetch" });
        add("link", { href: to("preload"), rel: "preload", as: "image" });
        add("style", {
          textContent: `p { background-image: url("${to("background")}"); font-family: f } ` +
            `@font-face { font-family: f; src: url("${to("font")}") }`,
        });
        add("p", { textContent: "text" });
        navigator.sendBeacon(to("beacon"), "x");
        navigator.sendBeacon(to("beacon-empty"));
        new EventSource(to("events"));
        new WebSocket(to("websocket").replace("http", "ws"));
        add("a", { href: "#", ping: to("ping") }).click();
        for (const method of ["get", "post"]) {
          add("iframe", { name: method });
          add("form", { method, action: to("form"), target: method, innerHTML: `<input name=way value=form-${method}>` }).submit();
        }
        add("iframe", { srcdoc: `<meta name=referrer content=no-referrer><meta http-equiv=refresh content="0;url=${to("refresh")}">` });
        add("iframe", {
          sandbox: "allow-scripts",
          srcdoc: `<img src="${to("sandboxed-img")}" referrerpolicy=no-referrer>` +
            `<script>fetch("${to("sandboxed-fetch")}", { mode: "no-cors" })<\/script>`,
        });
        new Worker(URL.createObjectURL(new Blob([
          `fetch("${to("worker")}", { mode: "no-cors" }); importScripts("${to("worker-script")}")`])));
        window.open(to("open"));
        return {
          cors: await told("fetch", {}),
          token: await told("fetch-token", { headers: { Authorization: "guessed" } }),
          opaque: await told("fetch-opaque", { mode: "no-cors" }),
        };
        """;
}
