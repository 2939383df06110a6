using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Pipeline.Browser;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Tests;
using Pipeline.Jobs;
using Pipeline.Jobs.Hosting;
using Pipeline.Servers;
using Pipeline.Storage;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Operators;

[assembly: AssemblyFixture(typeof(SharedWorld))]

namespace Pipeline.Dashboard.Tests;

/// <summary>
/// A jobs host with its dashboard, on real servers and a database of its own. It believes what this machine forwards. The timetable stands
/// only where a test puts it: its times would come in the midst of others.
/// </summary>
public class DashboardWorld : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    /// <summary>Made once: hashing is slow on purpose, and not what a test of something else waits for.</summary>
    private static readonly Lazy<Task<string>> PasswordHash = new(async () =>
    {
        using var passwords = new Passwords();
        return await passwords.HashAsync(Password, CancellationToken.None);
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("dashboard-").FullName;
    private int _addresses;

    internal WebApplication App { get; private set; } = null!;

    internal string MySql { get; private set; } = null!;

    /// <summary>The ingest workers that the host is told to watch.</summary>
    internal IReadOnlyList<Uri> IngestWorkers { get; init; } = [];

    internal string Anchor => Path.Combine(_folder, "audit-anchor");

    internal string KeyFile => Path.Combine(_folder, "key");

    internal Uri Address => new(App.Urls.Single());

    /// <summary>Whose word on where a request comes from is believed.</summary>
    internal IReadOnlyList<IPNetwork> Forwarders { get; init; } = [IPNetwork.Parse("127.0.0.0/8")];

    internal T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public virtual async ValueTask InitializeAsync()
    {
        var addresses = await AddressesAsync();
        MySql = addresses.MySql;
        await File.WriteAllTextAsync(KeyFile, "0123456789abcdef0123456789abcdef");
        App = JobsHost.Build(addresses, new JobsSettings
        {
            Http = "http://127.0.0.1:0",
            ErasureKeyFile = KeyFile,
            Dashboard = new DashboardSettings
            {
                KeyFile = KeyFile, AuditAnchor = Anchor, IngestWorkers = IngestWorkers,
                Clients = [IPNetwork.Parse("10.0.0.0/8")], Denied = [IPNetwork.Parse("10.9.0.0/16")], Forwarders = Forwarders,
            },
        }, services => services.Remove(services.Single(service => service.ImplementationType == typeof(TimetableWatch))));
        await Get<Schema>().MigrateAsync(CancellationToken.None);
        await App.StartAsync();
    }

    /// <summary>The servers that the host is told; no Kafka.</summary>
    protected virtual async Task<Addresses> AddressesAsync() => new(null, await TestServers.MongoAsync(), await TestServers.MySqlAsync(), await TestServers.RedisAsync());

    public virtual async ValueTask DisposeAsync()
    {
        // Stopped and not disposed of: Hangfire keeps the logger factory of the process's last host in a static field, for all of them.
        await App.StopAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A browser at an address of its own, so that the counts of one test are not another's.</summary>
    internal Visitor Visitor(string? address = null)
    {
        int number = Interlocked.Increment(ref _addresses);
        return new Visitor(Address, address ?? $"10.1.{number / 250}.{1 + number % 250}");
    }

    /// <summary>An operator who has enrolled, and whose present code is good.</summary>
    internal async Task<TestOperator> OperatorAsync(string name, OperatorRole role)
    {
        string path = await Get<Enrolment>().AddAsync(name, role, new Actor("test", ""), CancellationToken.None);
        byte[] link = Tokens.Hash(path[Enrolment.Path.Length..])!;
        var (operators, factors) = (Get<OperatorStore>(), Get<SecondFactors>());
        var invitation = (await operators.InvitationAsync(link, CancellationToken.None))!;
        string[] codes = SecondFactors.NewRecoveryCodes();
        Assert.True(await operators.EnrolAsync(link, invitation, await PasswordHash.Value, step: 0, codes.Select(factors.HashRecoveryCode), "", CancellationToken.None));
        return new TestOperator(invitation.OperatorId, name, role, factors.OpenSecret(invitation.TotpSecret), codes);
    }

    /// <summary>A browser that has signed in.</summary>
    internal async Task<Visitor> SignedInAsync(TestOperator who)
    {
        var visitor = Visitor();
        await ForgetStepsAsync(who);
        using var answer = await visitor.SignInAsync(who.Name, Password, Code(who.Secret));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    /// <summary>A browser whose session began without a sign-in.</summary>
    internal async Task<Visitor> InsideAsync(TestOperator who)
    {
        var visitor = Visitor();
        visitor.Cookies[Tests.Visitor.SessionCookie] = await SessionAsync(who);
        return visitor;
    }

    /// <summary>Signs somebody in on a page of a real browser.</summary>
    internal async Task SignInAsync(BrowserPage page, TestOperator who)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await page.CarryAsync(new Dictionary<string, string> { ["X-Forwarded-For"] = "10.1.99.99" }, cancelled);
        await page.GoAsync(new Uri(Address, "/sign-in"), cancelled);
        await page.FillAsync("input[name=name]", who.Name, cancelled);
        await page.FillAsync("input[name=password]", Password, cancelled);
        await page.FillAsync("input[name=code]", Code(who.Secret), cancelled);
        await page.FollowAsync("main form button", cancelled);
        await page.WaitAsync("document.querySelector('nav')", cancelled);
    }

    /// <summary>The cookie of a session that began without a sign-in.</summary>
    internal async Task<string> SessionAsync(TestOperator who)
    {
        string token = Tokens.New();
        await ExecuteAsync(
            """
            INSERT INTO operator_session (token_hash, operator_id, address, user_agent, created_at, last_seen_at, expires_at)
            VALUES (@Hash, @Id, '', '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 HOUR)
            """, new { Hash = Tokens.Hash(token), who.Id });
        return token;
    }

    /// <summary>A personal token of an operator.</summary>
    internal async Task<string> TokenAsync(TestOperator who, OperatorRole role, int days = 1, string what = "a test")
    {
        string token = Tokens.New();
        await Get<TokenStore>().AddAsync(who.Id, what, role, days, Tokens.Hash(token)!, new Actor(who.Name, ""), CancellationToken.None);
        return token;
    }

    /// <summary>Makes the present code good once more.</summary>
    internal Task ForgetStepsAsync(TestOperator who) =>
        ExecuteAsync("UPDATE operator SET totp_last_step = 0 WHERE operator_id = @Id", new { who.Id });

    internal async Task<int> ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = new MySqlConnection(MySql);
        return await connection.ExecuteAsync(sql, values);
    }

    internal async Task<T?> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = new MySqlConnection(MySql);
        return await connection.ExecuteScalarAsync<T>(sql, values);
    }

    /// <summary>The code of the step before, which is spent once a later one has been: whatever the clock does between a sign-in and this.</summary>
    internal static string SpentCode(byte[] secret) => Totp.Code(secret, Totp.StepAt(TimeProvider.System.GetUtcNow()) - 1);

    internal static string Code(byte[] secret) => Totp.Code(secret, Totp.StepAt(TimeProvider.System.GetUtcNow()));
}

/// <summary>A world of a test's own, without operators.</summary>
public sealed class OwnWorld : DashboardWorld;

/// <summary>One world with an operator of every role, for all tests that change nothing that others look at.</summary>
public sealed class SharedWorld : DashboardWorld
{
    internal Dictionary<OperatorRole, TestOperator> Operators { get; } = [];

    protected override async Task<Addresses> AddressesAsync() =>
        new(await TestServers.KafkaAsync(), await TestServers.MongoAsync(), await TestServers.MySqlAsync(), await TestServers.RedisAsync());

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var role in Enum.GetValues<OperatorRole>())
            Operators[role] = await OperatorAsync($"the-{role.ToString().ToLowerInvariant()}", role);
        await ExecuteAsync(
            """
            INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, finished_at, parameters, metrics, requested_by)
            VALUES (1, 'train-recommendations', '2026-01-01', 1, 'succeeded', 0, 'test', '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01', '{"rank": 48}', '{}', 'test');
            INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, created_at)
            VALUES (1, 1, 'ials', '{"rank": 48}', REPEAT('d', 64), '{"loss": 0.25}', 1.5, 'a', REPEAT('a', 64), 'published', '2026-01-01');
            INSERT INTO generation (generation_id, scope, run_id, model_id, fencing_token, state, lists, created_at)
            VALUES (1, 'test', 1, 1, 0, 'pruned', 3, '2026-01-01');
            """);
    }
}

internal sealed record TestOperator(long Id, string Name, OperatorRole Role, byte[] Secret, string[] RecoveryCodes);
