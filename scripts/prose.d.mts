/** Every word of a text that .prose.yaml lists, as `file:line: word -> suggestion`. The name of the file decides how it is read. */
export declare function proseFaults(file: string, text: string): readonly string[];
/** The files that the check reads, below the paths; by default below those that must be clean. */
export declare function proseFiles(paths?: readonly string[]): readonly string[];
