using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace BuatFilm.Admin.Components;

/// <summary>The few things that only the browser can do; <c>wwwroot/console.js</c> does them.</summary>
/// <remarks>A browser that has just gone is no fault: what was asked of it is then left undone.</remarks>
public sealed class PageScript(IJSRuntime js)
{
    /// <summary>Marks the document as one that its server keeps current; until then a click does nothing.</summary>
    public Task MarkLiveAsync() => CallAsync("buatfilm.markLive");

    /// <summary>True while somebody has scrolled into the list, points into it, or has the focus in it: then its rows must not move.</summary>
    public async Task<bool> IsReadingAsync(ElementReference list)
    {
        try
        {
            return await js.InvokeAsync<bool>("buatfilm.isReading", list);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return false;
        }
    }

    /// <summary>Brings the focus to an element, and the element into sight.</summary>
    public Task FocusAsync(ElementReference element) => CallAsync("buatfilm.focus", element);

    /// <summary>Brings the focus back to the link of a row.</summary>
    public Task FocusRowAsync(ElementReference list, string key) => CallAsync("buatfilm.focusRow", list, key);

    /// <summary>Shows the beginning of an element.</summary>
    public Task ScrollToAsync(ElementReference element) => CallAsync("buatfilm.scrollTo", element);

    /// <summary>Opens a <c>dialog</c> above the page, which keeps the focus in it.</summary>
    public Task ShowDialogAsync(ElementReference dialog) => CallAsync("buatfilm.showDialog", dialog);

    /// <summary>Closes it; the focus goes back to where it was.</summary>
    public Task CloseDialogAsync(ElementReference dialog) => CallAsync("buatfilm.closeDialog", dialog);

    /// <summary>Hands the browser a file to keep.</summary>
    /// <param name="content">Disposed of when it is read.</param>
    public async Task DownloadAsync(string fileName, string contentType, Stream content)
    {
        using var stream = new DotNetStreamReference(content);
        await CallAsync("buatfilm.download", fileName, contentType, stream);
    }

    private async Task CallAsync(string function, params object?[] arguments)
    {
        try
        {
            await js.InvokeVoidAsync(function, arguments);
        }
        catch (Exception exception) when (IsGone(exception))
        {
            // Nobody is there to see it.
        }
    }

    private static bool IsGone(Exception exception) => exception is JSDisconnectedException or OperationCanceledException;
}
