using System.Net;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// Answers this machine and the networks that are allowed, but for those that are denied. Behind a proxy on this machine that nobody has
/// named, everybody would be this machine: what such a proxy forwards is refused.
/// </summary>
internal sealed class NetworkLists(RequestDelegate next, DashboardSettings settings)
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>By these a proxy says for whom it asks.</summary>
    private static readonly string[] Forwarded = [ForwardedFor, "Forwarded", "X-Real-IP"];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !IsWelcome(Plain(remote)))
            return DoorAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, words => (
                words["Not from here"], words["The dashboard does not answer this address. PIPELINE_DASHBOARD_CLIENTS and PIPELINE_DASHBOARD_DENIED say which it does."]));
        if (IsForwardedByStranger(context.Request, remote))
            return DoorAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, words => (
                words["A proxy that nobody has named"],
                words["The request was forwarded by a proxy that PIPELINE_DASHBOARD_FORWARDERS does not name, so it cannot be told from where it comes. Name the proxy there, and its clients in PIPELINE_DASHBOARD_CLIENTS."]));
        return next(context);
    }

    /// <summary>What a configured proxy has said was taken off the request before.</summary>
    private bool IsForwardedByStranger(HttpRequest request, IPAddress remote) => settings.Forwarders.Count == 0
        ? Array.Exists(Forwarded, request.Headers.ContainsKey)
        : IPAddress.IsLoopback(remote) && request.Headers.ContainsKey(ForwardedFor);

    private bool IsWelcome(IPAddress remote) =>
        (IPAddress.IsLoopback(remote) || settings.Clients.Any(network => network.Contains(remote)))
        && !settings.Denied.Any(network => network.Contains(remote));

    /// <summary>Dual-stack sockets show an IPv4 address inside an IPv6 one.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
