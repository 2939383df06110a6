using Hangfire.InMemory;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Contract;

/// <summary>An empty storage for each test of a class.</summary>
public interface IStores
{
    ValueTask<Hangfire.JobStorage> EmptyAsync();
}

/// <summary>Hangfire's own: what it answers is right.</summary>
public sealed class InMemoryStores : IStores
{
    public ValueTask<Hangfire.JobStorage> EmptyAsync() => ValueTask.FromResult<Hangfire.JobStorage>(Create());

    public static InMemoryStorage Create() => new(new InMemoryStorageOptions { MaxExpirationTime = null, MaxStateHistoryLength = int.MaxValue });
}

/// <summary>Ours, in one database for the class.</summary>
public abstract class DatabaseStores(Flavour flavour) : IStores, IAsyncDisposable
{
    private MySqlJobStorage? _storage;

    internal string Address { get; private set; } = null!;

    public async ValueTask<Hangfire.JobStorage> EmptyAsync()
    {
        if (_storage is null)
        {
            Address = await Databases.CreateAsync(flavour);
            _storage = new MySqlJobStorage(Address);
            _storage.Migrate();
        }
        await EmptyAsync(Address, _storage.Options.TablePrefix);
        return _storage;
    }

    public ValueTask DisposeAsync()
    {
        _storage?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal static Task EmptyAsync(string address, string prefix) => Databases.ExecuteAsync(address, string.Concat(
        ((string[])["job", "job_parameter", "job_state", "queue_entry", "set_member", "hash_field", "list_item", "counter", "counter_total", "server", "lock_holder", "lock_waiter"])
        .Select(table => $"DELETE FROM {prefix}{table};")));
}

public sealed class MySqlStores() : DatabaseStores(Flavour.MySql);

public sealed class MariaDbStores() : DatabaseStores(Flavour.MariaDb);
