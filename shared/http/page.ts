/** A page of a list, as every list of the API is. */
import * as z from "zod";

/** What a list takes: how many at most, and where it goes on. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25).meta({ description: "How many at most." }),
  cursor: z.string().max(2_000).optional().meta({ description: "From the page before. It says nothing of itself." }),
});

export const pageOf = (item: z.ZodType) =>
  z.strictObject({
    items: z.array(item),
    cursor: z.string().optional().meta({ description: "Where the next page begins; absent on the last." }),
  });
