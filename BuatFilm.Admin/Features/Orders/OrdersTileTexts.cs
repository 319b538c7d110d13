namespace BuatFilm.Admin.Features.Orders;

/// <summary>Names the texts of the orders' tile: <c>OrdersTileTexts.resx</c> in Indonesian, <c>OrdersTileTexts.en.resx</c> in English.</summary>
public sealed class OrdersTileTexts;
