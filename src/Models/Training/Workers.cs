using System.Runtime.ExceptionServices;

namespace Pipeline.Models.Training;

/// <summary>Runs numbered pieces of work on a few threads. Who takes which piece is left to chance, so no result may depend on it.</summary>
internal static class Workers
{
    /// <param name="createState">Called once per worker, for its buffers.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; checked before every piece.</exception>
    public static void Run<TState>(
        int threads, int pieces, Func<TState> createState, Action<TState, int> work, CancellationToken cancellationToken)
        => Run(threads, pieces, createState, work, static _ => { }, cancellationToken);

    /// <param name="returnState">Takes the buffers back, for the next run.</param>
    public static void Run<TState>(
        int threads,
        int pieces,
        Func<TState> createState,
        Action<TState, int> work,
        Action<TState> returnState,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var next = -1;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, Math.Min(threads, pieces), options, (_, loop) =>
            {
                var state = createState();
                while (!loop.IsExceptional && Interlocked.Increment(ref next) is var piece && piece < pieces)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    work(state, piece);
                }
                returnState(state);
            });
        }
        catch (AggregateException failures) when (failures.InnerException is { } first)
        {
            // Several workers may fail over the same cause; the caller wants the cause.
            ExceptionDispatchInfo.Throw(first);
        }
    }
}
