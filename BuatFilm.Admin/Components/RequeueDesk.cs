using BuatFilm.Core.Outbox;
using Microsoft.AspNetCore.Components;

namespace BuatFilm.Admin.Components;

/// <summary>Sends dead letters again, for a page that lists them: the dialogs, the undo, the progress.</summary>
/// <remarks>
/// The list belongs to the outbox, the work to the operations, and features do not name each other. So the operations register
/// their component as a <see cref="RequeueDeskPart"/>, and the page shows whatever is registered and talks to it as to this.
/// </remarks>
public abstract class RequeueDesk : ComponentBase
{
    /// <summary>Something was requeued or started: read again, and let go of what was selected.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    /// <summary>Asks about one message, and requeues it.</summary>
    public abstract Task AskOneAsync(long messageId);

    /// <summary>Freezes everything that a filter finds, shows what that is, and starts it.</summary>
    public abstract Task AskManyAsync(DeadLetterFilter filter);

    /// <summary>As <see cref="AskManyAsync(DeadLetterFilter)"/>, for a list.</summary>
    public abstract Task AskManyAsync(IReadOnlyList<long> messageIds);
}

/// <summary>Who requeues.</summary>
/// <param name="Component">A <see cref="RequeueDesk"/>.</param>
public sealed record RequeueDeskPart(Type Component);
