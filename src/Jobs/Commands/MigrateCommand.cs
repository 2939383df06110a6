using System.CommandLine;
using Pipeline.JobStorage;
using Pipeline.Storage.MySql;

namespace Pipeline.Jobs.Commands;

/// <summary><c>migrate</c>: brings MySQL's schema forward.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command("migrate", "Bring MySQL's schema forward; workers do it themselves when they start.");
        command.SetAction((_, cancellationToken) => ExitStatus.OfAsync(async () =>
        {
            await using var services = CommandServices.Create();
            await services.GetRequiredService<Database>().PingAsync(cancellationToken);
            int applied = await services.GetRequiredService<Schema>().MigrateAsync(cancellationToken);
            applied += services.GetRequiredService<MySqlJobStorage>().Migrate();
            await Console.Out.WriteLineAsync($"{services.GetRequiredService<Database>().Place}: {applied} migrations applied, at version {Schema.Embedded[^1].Version}");
            return ExitStatus.Done;
        }));
        return command;
    }
}
