namespace BuatFilm.Admin.Sandbox.Smtp;

/// <summary>Cuts a client's bytes into lines, each no longer than it may be.</summary>
internal sealed class SmtpLineReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>True while bytes that were read wait to be used: the client is pipelining.</summary>
    public bool HasMore => _start < _end;

    /// <summary>Reads up to and without CR LF.</summary>
    /// <param name="line">Filled with the line's bytes; cut off at <paramref name="maxLength"/>.</param>
    /// <param name="acceptsBareLf">Whether LF alone ends a line. Within a mail it must not: that is how mails are smuggled.</param>
    public async Task<LineRead> ReadAsync(MemoryStream line, int maxLength, bool acceptsBareLf, CancellationToken cancellationToken)
    {
        line.SetLength(0);
        var tooLong = false;
        var afterCr = false;

        while (true)
        {
            if (!HasMore && !await FillAsync(cancellationToken))
            {
                return LineRead.Closed;
            }

            var next = _buffer[_start++];
            if (next == '\n' && (afterCr || acceptsBareLf))
            {
                if (afterCr && line.Length > 0 && !tooLong)
                {
                    line.SetLength(line.Length - 1);
                }

                return tooLong ? LineRead.TooLong : LineRead.Line;
            }

            afterCr = next == '\r';
            if (line.Length <= maxLength)
            {
                line.WriteByte(next);
            }
            else
            {
                tooLong = true;
            }
        }
    }

    /// <summary>Forgets what was read but not used.</summary>
    public void Discard() => _start = _end = 0;

    /// <summary>Reads whatever comes and forgets it; false when the client has gone.</summary>
    public async Task<bool> SwallowAsync(CancellationToken cancellationToken)
    {
        Discard();
        return await FillAsync(cancellationToken);
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = 0;
        _end = await stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}

internal enum LineRead
{
    Line,
    TooLong,

    /// <summary>The client has gone.</summary>
    Closed,
}
