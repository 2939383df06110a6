using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Services.Kafka;

/// <summary>
/// A mock cluster and the client that librdkafka wants to hang it on. The handle keeps both alive while a native call runs, and
/// refuses calls after it is closed.
/// </summary>
internal sealed class MockCluster : SafeHandle
{
    private const int Producer = 0;
    private nint _client;

    public MockCluster()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <exception cref="InvalidOperationException">The native library refuses; the message has its words.</exception>
    public static MockCluster Create(int brokers)
    {
        Span<byte> error = stackalloc byte[512];
        var configuration = Librdkafka.NewConfiguration();

        // Only what is broken: an idle client without brokers of its own would otherwise say so on standard error.
        if (Librdkafka.Set(configuration, "log_level", "2", error, error.Length) != 0)
            throw new InvalidOperationException(Text(error));
        var cluster = new MockCluster { _client = Librdkafka.NewClient(Producer, configuration, error, error.Length) };
        if (cluster._client == 0)
            throw new InvalidOperationException($"librdkafka makes no client: {Text(error)}");
        cluster.SetHandle(Librdkafka.NewCluster(cluster._client, brokers));
        if (!cluster.IsInvalid)
            return cluster;
        Librdkafka.DestroyClient(cluster._client);
        throw new InvalidOperationException($"librdkafka makes no mock cluster of {brokers} brokers.");
    }

    protected override bool ReleaseHandle()
    {
        Librdkafka.DestroyCluster(handle);
        Librdkafka.DestroyClient(_client);
        return true;
    }

    private static string Text(ReadOnlySpan<byte> terminated) =>
        Encoding.UTF8.GetString(terminated[..Math.Max(0, terminated.IndexOf((byte)0))]);
}
