using Pipeline.Services.Kafka;
using Pipeline.Services.Local;

namespace Pipeline.Services.Serving;

/// <summary>The servers inside the serve process.</summary>
internal sealed class ServedServers : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _servers = [];

    private ServedServers()
    {
    }

    public ServeEndpoints Endpoints { get; private set; } = new(Kafka: null, KafkaControl: null, Mongo: null);

    public static async Task<ServedServers> StartAsync(ServeOptions options, StateFolder state, CancellationToken cancellationToken)
    {
        var served = new ServedServers();
        try
        {
            if (options.Kafka)
                await served.StartKafkaAsync(state, cancellationToken);
            if (options.Mongo)
                served.StartMongo(state);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_servers.TryPop(out var server))
            await server.DisposeAsync();
    }

    private async Task StartKafkaAsync(StateFolder state, CancellationToken cancellationToken)
    {
        var kafka = await KafkaStandIn.StartAsync(
            KafkaStandInOptions.Default with { ControlToken = state.Secret(StateFolder.KafkaControlSecret) }, cancellationToken);
        _servers.Push(kafka);
        Endpoints = Endpoints with { Kafka = kafka.Bootstrap, KafkaControl = kafka.ControlAddress };
    }

    private void StartMongo(StateFolder state)
    {
        var port = state.Port("mongo");
        var password = state.Secret("mongo");
        Endpoints = Endpoints with
        {
            Mongo = $"mongodb://{ServerAddresses.User}:{password}@127.0.0.1:{port}/{ServerAddresses.Database}?authSource=admin",
        };
    }
}
