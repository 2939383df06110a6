using System.Threading.RateLimiting;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Door;

/// <summary>How many requests an address may make. Attempts to sign in have a slower count of their own, in the database.</summary>
internal static class RequestRates
{
    /// <summary>A page with its style and script some times over.</summary>
    public const int Burst = 200;

    private const int PerSecond = 20;

    public static PartitionedRateLimiter<HttpContext> Limiter() => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetTokenBucketLimiter(ClientNetwork.Of(context.RemoteAddress()), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));
}
