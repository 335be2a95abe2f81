package structured

// Where the figures and rules of strict mode come from:
//
//   - the guide: https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas,
//     as of August 2026. Older copies, and OpenAI's Java SDK, have lower limits
//     (100 properties, 5 levels, 15,000 characters, 500 and 7,500 of enums).
//   - the SDK: https://github.com/openai/openai-node/blob/main/src/lib/transform.ts,
//     the keywords that OpenAI's own library refuses to send.
//   - the API: the text of its errors, as users of it report them.
const (
	// maxProperties is how many properties all objects of a schema may have
	// together: "up to 5000 object properties total" (the guide).
	maxProperties = 5000

	// maxLevels is how many objects may be inside one another: "up to 10 levels
	// of nesting" (the guide). It does not say what counts as a level; here only
	// objects below the root do, so that nothing is refused that may pass.
	maxLevels = 10

	// maxNames is how many characters all names of properties and definitions,
	// and all enum and const values, may have together: "total string length
	// […] cannot exceed 120,000 characters" (the guide).
	maxNames = 120_000

	// maxEnumValues is how many values all enums may have together: "up to 1000
	// enum values across all enum properties" (the guide).
	maxEnumValues = 1000

	// longEnum is how many values one enum may have before the length of its
	// strings is limited to maxLongEnum characters: "cannot exceed 15,000
	// characters when there are more than 250 enum values" (the guide).
	longEnum    = 250
	maxLongEnum = 15_000
)
