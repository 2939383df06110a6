using System.Net;
using Pipeline.Services.Gateway;
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
                await served.StartMongoAsync(state, cancellationToken);
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

    private async Task StartMongoAsync(StateFolder state, CancellationToken cancellationToken)
    {
        var password = state.Secret("mongo");
        var gateway = await GatewayHost.StartAsync(
            new GatewayOptions
            {
                ListenEndPoint = new IPEndPoint(IPAddress.Loopback, state.Port("mongo")),
                ConnectionString = DocumentsProgram.ConnectionString(state),
                User = ServerAddresses.User,
                Password = password,
            },
            cancellationToken);
        _servers.Push(gateway);
        Endpoints = Endpoints with
        {
            Mongo = $"mongodb://{ServerAddresses.User}:{password}@{gateway.EndPoint}/{ServerAddresses.Database}?authSource=admin",
        };
    }
}
