using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class OneModelModel(ModelHistory models, ModelNotes notes, GenerationHistory generations) : PageModel
{
    private const int NotesPerPage = 100;
    private const int FlipsPerPage = 50;

    public ModelRecord? Found { get; private set; }

    public ModelReport? Report { get; private set; }

    public IReadOnlyList<ModelNote> Notes { get; private set; } = [];

    /// <summary>When its lists were served.</summary>
    public IReadOnlyList<FlipRecord> Served { get; private set; } = [];

    /// <summary>The address of the moves before these; null on the last page.</summary>
    public string? OlderFlips { get; private set; }

    /// <summary>The address of the notes before these; null on the last page.</summary>
    public string? OlderNotes { get; private set; }

    /// <summary>Whether its lists are what readers get now.</summary>
    public bool IsServed { get; private set; }

    /// <param name="flipsBefore">Only moves with a lower token.</param>
    /// <param name="notesBefore">Only notes with a lower number.</param>
    public async Task<IActionResult> OnGetAsync(
        long id, [FromQuery(Name = "flips-before")] long? flipsBefore, [FromQuery(Name = "notes-before")] long? notesBefore)
    {
        Found = await models.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        Report = ModelReport.Read(Found.Report);
        Notes = await notes.ListAsync(id, notesBefore ?? long.MaxValue, NotesPerPage, HttpContext.RequestAborted);
        Served = await generations.FlipsOfModelAsync(id, flipsBefore ?? long.MaxValue, FlipsPerPage, HttpContext.RequestAborted);
        IsServed = (await generations.ServedAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.ModelId == id;
        OlderFlips = Served.Count == FlipsPerPage ? $"/models/{id}?flips-before={Served[^1].Token}#served" : null;
        OlderNotes = Notes.Count == NotesPerPage ? $"/models/{id}?notes-before={Notes[^1].Number}#notes" : null;
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
            return await OnGetAsync(id, null, null);
        }
        await notes.AddAsync(id, text, HttpContext.Actor(), HttpContext.RequestAborted);
        return LocalRedirect($"/models/{id}#notes");
    }
}
