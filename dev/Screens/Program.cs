using Pipeline.Screens;

if (args is not [var link, var folder, "some" or "all"])
{
    await Console.Error.WriteLineAsync("usage: screens LINK FOLDER some|all: LINK is what './pipeline operator add screens --role admin' printed");
    return 2;
}
await new Photographer(new Uri(link), folder, args[2] == "all").RunAsync(CancellationToken.None);
return 0;
