using System.Net;

namespace Pipeline.Dashboard.Door;

/// <summary>Answers this machine and the networks that are allowed, but for those that are denied.</summary>
internal sealed class NetworkLists(RequestDelegate next, DashboardSettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is { } remote && IsWelcome(Plain(remote)))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("The dashboard does not answer this address.\n", context.RequestAborted);
    }

    private bool IsWelcome(IPAddress remote) =>
        (IPAddress.IsLoopback(remote) || settings.Clients.Any(network => network.Contains(remote)))
        && !settings.Denied.Any(network => network.Contains(remote));

    /// <summary>Dual-stack sockets show an IPv4 address inside an IPv6 one.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
