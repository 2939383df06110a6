using System.Globalization;
using System.Security.Cryptography;

namespace Pipeline.JobStorage.Data;

/// <summary>Makes the tokens by which a row says who holds it. Each is given out once; people see the machine and the process in it.</summary>
internal sealed class Owner
{
    private const int LongestMachine = 64;

    private readonly string _process;
    private long _number;

    public Owner()
    {
        string machine = Environment.MachineName;
        _process = string.Create(
            CultureInfo.InvariantCulture,
            $"{(machine.Length > LongestMachine ? machine[..LongestMachine] : machine)}/{Environment.ProcessId}/{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
    }

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_process}/{Interlocked.Increment(ref _number)}");
}
