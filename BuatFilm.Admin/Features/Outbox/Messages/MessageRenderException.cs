namespace BuatFilm.Admin.Features.Outbox.Messages;

#pragma warning disable CA1032, CA1064 // Made in this folder, caught by the senders.

/// <summary>A message that cannot be written, now or later: a dead letter.</summary>
internal abstract class MessageRenderException(string message) : Exception(message);

/// <summary>No text exists for this kind of message.</summary>
internal sealed class UnknownMessageKindException(string kind) : MessageRenderException($"There is no text for messages of the kind '{CustomerText.Clean(kind, 60)}'.")
{
    public string Kind { get; } = kind;
}

/// <summary>The message lacks something that its text needs.</summary>
internal sealed class MessageDataException(string key, string what) : MessageRenderException($"The message's {key} {what}.")
{
    public string Key { get; } = key;
}

#pragma warning restore CA1032, CA1064
