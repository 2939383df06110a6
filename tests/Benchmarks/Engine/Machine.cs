using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Pipeline.Models.Kernels;

namespace Pipeline.Benchmarks.Engine;

/// <summary>The machine that is measured on, and what it could do at most.</summary>
internal static class Machine
{
    private const int Sums = 12;

    /// <summary>The processor's name, with family and model where the name says little.</summary>
    public static string Name
    {
        get
        {
            var facts = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0)
                .Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal);
            return $"{facts.GetValueOrDefault("model name", "unknown")} family {facts.GetValueOrDefault("cpu family", "?")} model {facts.GetValueOrDefault("model", "?")}";
        }
    }

    /// <summary>Name of the folder that its results are kept in.</summary>
    public static string Folder => string.Join('-', Name.ToLowerInvariant().Split([' ', '(', ')', '@', '/', '.'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Most resident memory of this process so far, bytes: VmHWM.</summary>
    public static long PeakBytes
    {
        get
        {
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Processor seconds of this process so far, all threads.</summary>
    public static double CpuSeconds
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Fused multiply-adds that depend on nothing, all threads: GFLOP/s of float32 at the widest vectors.</summary>
    public static double PeakGigaflops(int threads)
    {
        const int Steps = 20_000_000;
        var watch = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            if (VectorWidths.Widest == VectorWidth.Bits512)
                MultiplyAdd512(Steps);
            else
                MultiplyAdd256(Steps);
        });
        return 2.0 * threads * Steps * Sums * ((int)VectorWidths.Widest / 32) / watch.Elapsed.TotalSeconds / 1e9;
    }

    private static float MultiplyAdd256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999999f), y = Vector256.Create(1e-7f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < steps; step++)
        {
            (a, b, c) = (Vector256.FusedMultiplyAdd(a, x, y), Vector256.FusedMultiplyAdd(b, x, y), Vector256.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector256.FusedMultiplyAdd(d, x, y), Vector256.FusedMultiplyAdd(e, x, y), Vector256.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector256.FusedMultiplyAdd(g, x, y), Vector256.FusedMultiplyAdd(h, x, y), Vector256.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector256.FusedMultiplyAdd(j, x, y), Vector256.FusedMultiplyAdd(k, x, y), Vector256.FusedMultiplyAdd(l, x, y));
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static float MultiplyAdd512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999999f), y = Vector512.Create(1e-7f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < steps; step++)
        {
            (a, b, c) = (Vector512.FusedMultiplyAdd(a, x, y), Vector512.FusedMultiplyAdd(b, x, y), Vector512.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector512.FusedMultiplyAdd(d, x, y), Vector512.FusedMultiplyAdd(e, x, y), Vector512.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector512.FusedMultiplyAdd(g, x, y), Vector512.FusedMultiplyAdd(h, x, y), Vector512.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector512.FusedMultiplyAdd(j, x, y), Vector512.FusedMultiplyAdd(k, x, y), Vector512.FusedMultiplyAdd(l, x, y));
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
