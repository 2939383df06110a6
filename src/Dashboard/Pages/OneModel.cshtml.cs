using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class OneModelModel(ModelHistory models, ModelNotes notes, GenerationHistory generations) : PageModel
{
    private const int MostNotes = 100;
    private const int MostFlips = 50;

    public ModelRecord? Found { get; private set; }

    public ModelReport? Report { get; private set; }

    public IReadOnlyList<ModelNote> Notes { get; private set; } = [];

    /// <summary>When its lists were served.</summary>
    public IReadOnlyList<FlipRecord> Served { get; private set; } = [];

    /// <summary>Whether its lists are what readers get now.</summary>
    public bool IsServed => Served is [{ Until: null }, ..];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await models.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        Report = ModelReport.Read(Found.Report);
        Notes = await notes.ListAsync(id, MostNotes, HttpContext.RequestAborted);
        Served = await generations.FlipsOfModelAsync(id, MostFlips, HttpContext.RequestAborted);
        return Page();
    }

    /// <summary>Adds a note.</summary>
    public async Task<IActionResult> OnPostAsync(long id, [FromForm] string? note)
    {
        if (await models.FindAsync(id, HttpContext.RequestAborted) is null)
            return NotFound();
        string text = note?.Trim() ?? "";
        if (text.Length is 0 or > ModelNotes.Longest)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await OnGetAsync(id);
        }
        await notes.AddAsync(id, text, HttpContext.Actor(), HttpContext.RequestAborted);
        return LocalRedirect($"/models/{id}#notes");
    }
}
