using MySqlConnector;
using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Runs;
using Pipeline.Storage;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Operators;
using StackExchange.Redis;

namespace Pipeline.Jobs.Commands;

/// <summary>How commands end: 0 done, 1 the work failed, 2 usage. What went wrong is said in one line on standard error.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    public static async Task<int> OfAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (UsageException error)
        {
            return await SayAsync(error.Message, Usage);
        }
        catch (OperatorException error)
        {
            return await SayAsync(error.Message, Failed);
        }
        catch (OperationCanceledException)
        {
            return await SayAsync("stopped", Failed);
        }
        catch (MySqlException error)
        {
            return await SayAsync($"MySQL: {error.Message}", Failed);
        }
        catch (Exception error) when (error is AddressException or SettingException or SchemaException or RedisException or EventStoreUnavailableException or ErasureKeyException or ImportException or IOException)
        {
            return await SayAsync(error.Message, Failed);
        }
    }

    private static async Task<int> SayAsync(string message, int status)
    {
        await Console.Error.WriteLineAsync(message);
        return status;
    }
}
