using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Gateway.Tests;

[Trait("speed", "server")]
public sealed class AuthenticationTests(GatewayFixture gateway)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GatewayFixture.User, "wrong")]
    [InlineData("nobody", GatewayFixture.Password)]
    [InlineData("n=o,body", GatewayFixture.Password)]
    public async Task A_wrong_name_or_password_fails_with_18(string user, string password)
    {
        var running = await gateway.StartAsync();
        using var client = new MongoClient(GatewayFixture.Running.Uri(running.Host, user, password));
        var error = await Assert.ThrowsAsync<MongoAuthenticationException>(() => client.GetDatabase("x").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: Ct));
        Assert.Equal(18, Assert.IsType<MongoCommandException>(error.InnerException).Code);
    }

    [Theory]
    [InlineData("{ find: 'c' }")]
    [InlineData("{ insert: 'c', documents: [{ _id: 1 }] }")]
    [InlineData("{ listDatabases: 1 }")]
    [InlineData("{ serverStatus: 1 }")]
    [InlineData("{ getMore: { $numberLong: '1' }, collection: 'c' }")]
    public async Task Without_authentication_a_command_is_refused_with_13(string command)
    {
        var running = await gateway.StartAsync();
        using var client = new MongoClient($"mongodb://{running.Host.EndPoint}/");
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: Ct));
        Assert.Equal((13, "Unauthorized"), (error.Code, error.CodeName));
    }

    [Theory]
    [InlineData("{ ping: 1 }")]
    [InlineData("{ buildInfo: 1 }")]
    [InlineData("{ connectionStatus: 1 }")]
    public async Task Before_authentication_the_handshake_is_open(string command)
    {
        var running = await gateway.StartAsync();
        using var client = new MongoClient($"mongodb://{running.Host.EndPoint}/");
        Assert.Equal(1, (await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: Ct))["ok"].ToInt32());
    }

    [Fact]
    public async Task Hello_names_the_mechanism_to_the_user_there_is_and_to_no_other()
    {
        var running = await gateway.StartAsync();
        var admin = running.Client.GetDatabase("admin");
        var known = await admin.RunCommandAsync<BsonDocument>($"{{ hello: 1, saslSupportedMechs: 'admin.{GatewayFixture.User}' }}", cancellationToken: Ct);
        var unknown = await admin.RunCommandAsync<BsonDocument>("{ hello: 1, saslSupportedMechs: 'admin.nobody' }", cancellationToken: Ct);
        Assert.Equal(["SCRAM-SHA-256"], known["saslSupportedMechs"].AsBsonArray.Select(value => value.AsString));
        Assert.Empty(unknown["saslSupportedMechs"].AsBsonArray);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "nonsense")]
    [InlineData("SCRAM-SHA-1", "n,,n=tester,r=abc")]
    public async Task Hello_leaves_a_speculative_step_unanswered_that_it_cannot_take(string mechanism, string payload)
    {
        var running = await gateway.StartAsync();
        var step = new BsonDocument { { "saslStart", 1 }, { "mechanism", mechanism }, { "payload", new BsonBinaryData(System.Text.Encoding.UTF8.GetBytes(payload)) }, { "db", "admin" } };
        var hello = await running.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            new BsonDocument { { "hello", 1 }, { "speculativeAuthenticate", step } }, cancellationToken: Ct);
        Assert.False(hello.Contains("speculativeAuthenticate"));
    }

    [Fact]
    public void Options_do_not_print_their_passwords()
    {
        var options = new Services.Gateway.GatewayOptions
        {
            ListenEndPoint = new(System.Net.IPAddress.Loopback, 1), ConnectionString = "Password=hidden", User = "u", Password = "hidden",
        };
        Assert.DoesNotContain("hidden", $"{options}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_mechanism_is_refused()
    {
        var running = await gateway.StartAsync();
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => running.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
            new BsonDocument { { "saslStart", 1 }, { "mechanism", "PLAIN" }, { "payload", new BsonBinaryData([]) } }, cancellationToken: Ct));
        Assert.Equal((334, "MechanismUnavailable"), (error.Code, error.CodeName));
    }
}
