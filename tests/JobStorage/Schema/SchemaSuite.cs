using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Schema;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Schema;

[Trait("speed", "server")]
public abstract class SchemaSuite(Flavour flavour)
{
    [Fact]
    public async Task Tables_are_made_once_and_a_newer_or_edited_schema_is_refused()
    {
        string address = await Databases.CreateAsync(flavour);
        using (var storage = new MySqlJobStorage(address))
        {
            Assert.True(storage.Migrate() > 0);
            Assert.Equal(0, storage.Migrate());
        }
        await Databases.ExecuteAsync(address, "INSERT INTO hangfire_schema_version VALUES (9999, 'of the future', REPEAT('0', 64), UTC_TIMESTAMP(6))");
        using (var storage = new MySqlJobStorage(address))
            Assert.Contains("newer", Assert.Throws<SchemaException>(storage.GetConnection).Message);
        await Databases.ExecuteAsync(address, "DELETE FROM hangfire_schema_version WHERE version = 9999; UPDATE hangfire_schema_version SET checksum = REPEAT('0', 64) WHERE version = 3");
        using (var storage = new MySqlJobStorage(address))
            Assert.Contains("never edited", Assert.Throws<SchemaException>(storage.GetMonitoringApi).Message);
    }

    [Fact]
    public async Task Storages_of_different_prefixes_do_not_meet()
    {
        string address = await Databases.CreateAsync(flavour);
        using var one = new MySqlJobStorage(address, new MySqlJobStorageOptions { TablePrefix = "one_" });
        using var two = new MySqlJobStorage(address, new MySqlJobStorageOptions { TablePrefix = "Two_2_" });
        one.GetConnection().AnnounceServer("server", new Hangfire.Server.ServerContext { Queues = [], WorkerCount = 1 });
        Assert.Single(one.GetMonitoringApi().Servers());
        Assert.Empty(two.GetMonitoringApi().Servers());
    }

    [Fact]
    public async Task Who_may_not_make_tables_is_told_that_they_are_missing_and_works_once_they_are_there()
    {
        string address = await Databases.CreateAsync(flavour);
        using var worker = new MySqlJobStorage(address, new MySqlJobStorageOptions { PrepareSchema = false });
        Assert.Contains("version 0", Assert.Throws<SchemaException>(worker.GetConnection).Message);
        Assert.Equal(0, await Databases.ScalarAsync<long>(address, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"));
        using (var migrator = new MySqlJobStorage(address))
            migrator.Migrate();
        Assert.NotEqual(default, ((Hangfire.Storage.JobStorageConnection)worker.GetConnection()).GetUtcDateTime());
    }

    [Fact]
    public async Task Transactions_are_read_committed_whatever_the_server_s_default_is()
    {
        string address = await Databases.CreateAsync(flavour);
        using var storage = new MySqlJobStorage(address + ";Maximum Pool Size=1");
        storage.Migrate();
        var database = storage.Parts.Database;
        // Both over one session: what the first leaves behind, the second finds.
        for (int pass = 0; pass < 2; pass++)
        {
            var (before, after) = database.Transact(transaction => (Count(transaction), Meanwhile(transaction)));
            Assert.Equal(before + 1, after);
        }

        long Meanwhile(Transaction transaction)
        {
            using (var other = new MySqlConnection(address))
            {
                other.Open();
                using var command = new MySqlCommand("INSERT INTO hangfire_counter (name, value) VALUES ('c', 1)", other);
                command.ExecuteNonQuery();
            }
            return Count(transaction);
        }

        long Count(Transaction transaction) => transaction.Send([database.Statement("Collections/counter_value.sql", new Value("key", "c"))], reader =>
        {
            reader.Read();
            return Convert.ToInt64(reader.GetValue(0));
        });
    }

    [Fact]
    public async Task Too_long_a_text_is_an_error_and_never_cut()
    {
        using var storage = new MySqlJobStorage(await Databases.CreateAsync(flavour));
        using var connection = storage.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        transaction.AddToSet("set", new string('x', 501));
        Assert.Equal(MySqlErrorCode.DataTooLong, Assert.Throws<MySqlException>(transaction.Commit).ErrorCode);
        var server = new Hangfire.Server.ServerContext { Queues = [], WorkerCount = 1 };
        Assert.Equal(MySqlErrorCode.DataTooLong, Assert.Throws<MySqlException>(() => connection.AnnounceServer(new string('x', 256), server)).ErrorCode);
    }
}

public sealed class SchemaOnMySql() : SchemaSuite(Flavour.MySql);

public sealed class SchemaOnMariaDb() : SchemaSuite(Flavour.MariaDb);
