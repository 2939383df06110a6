using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Door;

/// <summary>How many requests an address may make. Attempts to sign in have a slower count of their own, in the database.</summary>
internal static class RequestRates
{
    /// <summary>A page with its style and script some times over.</summary>
    public const int Burst = 200;

    private const int PerSecond = 20;

    /// <summary>Says when to come again.</summary>
    public static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        double seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, Math.Ceiling(wait.TotalSeconds)) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return new ValueTask(DoorAnswer.WriteAsync(context, StatusCodes.Status429TooManyRequests, words => (
            words["Too many requests"], words["So many requests came from this address that no more are answered for a moment. Try again in {0} s.", seconds])));
    }

    public static PartitionedRateLimiter<HttpContext> Limiter() => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetTokenBucketLimiter(ClientNetwork.Of(context.RemoteAddress()), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));
}
